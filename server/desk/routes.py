"""All pages of the desk, for the app to register."""

from __future__ import annotations

from server.desk.arrangements_routes import bp as arrangements
from server.desk.board_routes import bp as board
from server.desk.chart_routes import bp as chart_pages
from server.desk.day_routes import bp as day
from server.desk.emergency_routes import bp as emergency_record
from server.desk.looked_routes import bp as looked
from server.desk.workspace_routes import bp as workspace

blueprints = [day, board, workspace, chart_pages, emergency_record, looked, arrangements]
