"""All pages about accounts, for the app to register."""

from __future__ import annotations

from server.staff.licence_routes import bp as licences
from server.staff.password_routes import bp as password
from server.staff.people_routes import bp as people
from server.staff.privacy_routes import bp as privacy
from server.staff.session_routes import bp as sessions

blueprints = [people, licences, privacy, sessions, password]
