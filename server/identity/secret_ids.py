"""Secrets that open a session: 256 random bits in the browser, only their hash with us."""

from __future__ import annotations

import hashlib
import secrets


def new_secret() -> str:
    """A secret for a cookie or a link: it cannot be guessed and tells nothing (T-17, T-18)."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What we keep: a stolen database opens no session."""
    return hashlib.sha256(secret.encode()).hexdigest()
