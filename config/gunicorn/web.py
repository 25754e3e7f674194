"""How gunicorn runs the web process: threads, because requests are short and mostly wait."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from typing import Any

import structlog
from gunicorn.glogging import Logger
from gunicorn.http import wsgi

from config.gunicorn import garbage
from config.logging import Lines

_FIRST_STEP = re.compile(r"/[a-z.-]{0,20}(?=/|$)")

wsgi_app = "server.wsgi:app"
worker_class = "gthread"
# SQLite has one writer, and one process keeps its lock waits short; PostgreSQL scales out.
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = 16
keepalive = 15
timeout = 30
graceful_timeout = 10
# A control socket in somebody's home directory is one more door.
control_socket_disable = True
limit_request_line = 2048
limit_request_fields = 60
accesslog = "-"
errorlog = "-"
loglevel = "warning"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108


class Discreet(Logger):
    """Writes our lines; of a path only the first step, and no query (C-31)."""

    def setup(self, cfg: Any) -> None:
        """Replace gunicorn's formats by ours."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(Lines("web"))

    def access(self, resp: Any, req: Any, environ: Any, request_time: timedelta) -> None:
        """One line for each request, without the ids and tokens in its path."""
        step = _FIRST_STEP.match(environ.get("PATH_INFO", ""))
        structlog.get_logger("access").info(
            "request",
            method=req.method,
            path=step[0] if step else "/",
            status=int(str(resp.status).split(maxsplit=1)[0]),
            ms=round(request_time.total_seconds() * 1000),
        )


logger_class = Discreet
post_worker_init = garbage.seldom
_told = wsgi.Response.default_headers


def _without_banner(response: Any) -> list[str]:
    return [line for line in _told(response) if not line.startswith("Server:")]


wsgi.Response.default_headers = _without_banner
