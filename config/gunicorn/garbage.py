"""How often our servers look for rings of garbage: rarely."""

from __future__ import annotations

import gc
from typing import Any


def seldom(_worker: Any) -> None:
    """Leave alone what was loaded; what comes later lives for one request, or for a call."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
