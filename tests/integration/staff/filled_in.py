"""What an administrator fills in: somebody new, and an act on somebody's page."""

from __future__ import annotations

NEW = {"name": "Ada  Nwosu", "email": " Ada.Nwosu@harbor.example ", "role": "psychiatrist"}


def act(browser, person, what, **fields):
    """Press a button on the page of this person."""
    return browser.submit(f"/people/{person.id}/{what}", fields, page=f"/people/{person.id}")
