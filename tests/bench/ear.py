"""Take signaling's happenings in web's place, so that its reports cost it what they cost."""

from __future__ import annotations

import sys

from aiohttp import web


async def _take(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(status=204)


async def _health(_request: web.Request) -> web.Response:
    return web.Response(text="ok")


def main() -> None:
    """Listen on the port named on the command line."""
    app = web.Application(client_max_size=2**20)
    app.router.add_post("/internal/happenings", _take)
    app.router.add_get("/healthz", _health)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)


if __name__ == "__main__":
    main()
