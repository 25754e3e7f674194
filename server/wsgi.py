"""What gunicorn loads: the web process with its built front end."""

from __future__ import annotations

from config.logging import configure
from config.settings import WebSettings
from server.app import create_app, served

_settings = WebSettings.load()
configure(_settings.log_level, process="web")
app = served(create_app(_settings))
