"""How gunicorn runs one signaling node: one worker, because rooms live in its memory."""

import os
from typing import Any

from gunicorn.glogging import Logger

from config.gunicorn import garbage
from config.logging import Lines
from config.settings import SignalingSettings

_settings = SignalingSettings.load()

wsgi_app = "signaling.wsgi:app"
bind = [_settings.listen, _settings.control_listen]
workers = 1
worker_class = "gevent"
# Counted for each listener; the gate turns away politely before this stops accepting.
worker_connections = _settings.max_sockets + 500
keepalive = 2
timeout = 30
# Sockets never finish by themselves, and losing one costs a client half a second.
graceful_timeout = 1
control_socket_disable = True
# A request line carries the room; it belongs in no log (T-32).
accesslog = None
errorlog = "-"
loglevel = "warning"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108


class Discreet(Logger):
    """Writes our lines: of an exception its kind and places, never its words (C-31)."""

    def setup(self, cfg: Any) -> None:
        """Replace gunicorn's format by ours."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Lines("signaling"))


logger_class = Discreet
post_worker_init = garbage.seldom
