"""Run the media process: `python -m signaling.media`."""

import logging
import sys

from aiohttp import web

from config.settings import MediaSettings, SettingsRefused
from signaling.media.echo import create_app


def main() -> None:
    """Serve until told to stop; every call is ended before the process goes."""
    try:
        settings = MediaSettings.load()
        app = create_app(settings)
    except (SettingsRefused, ValueError) as refused:
        sys.exit(str(refused))
    logging.basicConfig(level=settings.log_level, format="%(levelname)s %(name)s %(message)s")
    for library in ("aioice", "aiortc"):
        # They log addresses of candidate pairs at INFO (C-31).
        logging.getLogger(library).setLevel(logging.WARNING)
    # No access log: the path of a call is the right to end it.
    web.run_app(
        app, host=settings.host, port=settings.port, access_log=None, shutdown_timeout=5
    )


if __name__ == "__main__":
    main()
