"""Who is there: accounts, passwords, staff sessions, link sessions, call grants."""
