"""How gunicorn runs our processes."""
