"""Hash and check passwords, a few at a time, so that guessing starves nobody (T-15)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.errors import Unavailable

#: the OWASP profile: 41 ms here, where the library's own takes 351 ms
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_WORK = os.cpu_count() or 1
#: fewer than web has threads: whoever comes beyond these is asked to come again at once, and
#: the rest of the threads stay free for tickets and pages
_IN_LINE = 8
_places = BoundedSemaphore(_AT_WORK + _IN_LINE)
_workers = BoundedSemaphore(_AT_WORK)


def hash_password(plain: str) -> str:
    """What is stored of a password."""
    with _turn():
        return _HASHER.hash(plain)


def matches(stored: str | None, plain: str) -> bool:
    """Whether it is the password; an account we do not know takes the same time (T-14).

    So does one that has been invited and has set none yet.
    """
    with _turn():
        try:
            return _HASHER.verify(stored or _of_nobody(), plain) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False


@cache
def _of_nobody() -> str:
    return _HASHER.hash("no such account")


@contextmanager
def _turn() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise Unavailable("Many people are signing in. Please try again in a moment.")
    try:
        with _workers:
            yield
    finally:
        _places.release()
