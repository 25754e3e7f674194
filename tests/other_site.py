"""Another site on this machine, with pages of its own: where attacks come from."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class OtherSite:
    """Serves whatever HTML it is given; `same_site` differs from us by its port alone."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {"/": "<!doctype html><title>Another site</title>"}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = site.pages.get(self.path)
                body = (page or "").encode()
                self.send_response(200 if page else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        port = self._server.server_port
        self.same_site = f"http://localhost:{port}"
        self.cross_site = f"http://127.0.0.1:{port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Close it."""
        self._server.shutdown()
        self._server.server_close()
