"""Run the media process: `python -m signaling.media`."""

import sys

from aiohttp import web

from config.logging import configure
from config.settings import MediaSettings, SettingsRefused
from signaling.media.echo import create_app


def main() -> None:
    """Serve until told to stop; every call is ended before the process goes."""
    try:
        settings = MediaSettings.load()
        app = create_app(settings)
    except (SettingsRefused, ValueError) as refused:
        sys.exit(str(refused))
    configure(settings.log_level, process="media")
    # No access log: the path of a call is the right to end it.
    web.run_app(
        app,
        host=settings.host,
        port=settings.port,
        access_log=None,
        print=None,
        shutdown_timeout=5,
    )


if __name__ == "__main__":
    main()
