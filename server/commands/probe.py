"""A synthetic call through the running deployment, for monitoring."""

from __future__ import annotations

import asyncio

from config.settings import WebSettings


def probe(settings: WebSettings) -> int:
    """Two peers of our own call each other; 0 if it worked."""
    from signaling.media.probe import probe as call  # noqa: PLC0415  # aiortc is slow to load

    return asyncio.run(call(settings))
