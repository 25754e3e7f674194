"""Somebody is invited by a letter, and sets a password by the link in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from config.policy import policy
from server.identity.models import Account, PasswordLink
from server.messages.models import Letter
from server.people.models import Clinician
from tests.integration.staff.filled_in import NEW, act
from tests.people import DEMO_PASSWORD, DR_LIND, DR_OSEI, DR_RIVERA

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PASSWORD = "a quiet road by the sea"
TOKEN = re.compile(r"/set-password/(\S+)")


@pytest.fixture
def latest_letter(reading):
    """The newest letter of a kind."""

    def newest(kind: str) -> Letter:
        with reading() as session:
            return session.scalars(
                select(Letter).where(Letter.kind == kind).order_by(Letter.due_at.desc())
            ).first()

    return newest


@pytest.fixture
def link(latest_letter):
    """The path in the newest letter with a link to set a password."""
    return lambda: TOKEN.search(latest_letter("password-link").body)[0]


def test_somebody_is_invited_sets_a_password_and_signs_in(app, noor, anybody, link, reading):
    answer = noor.submit("/people/new", NEW)
    assert answer.status_code == 303, answer.text
    assert "Invited" in noor.get(answer.headers["Location"]).text
    ada = anybody()
    for _ in range(3):  # a mail scanner looks, too
        assert ada.get(link()).status_code == 200
    assert ada.submit(link(), {"password": PASSWORD}).headers["Location"] == "/sign-in"
    signed = ada.submit("/sign-in", {"email": "ada.nwosu@harbor.example", "password": PASSWORD})
    assert signed.headers["Location"] == "/today"
    with reading() as session:
        account = session.scalar(select(Account).where(Account.name == "Ada Nwosu"))
        assert PASSWORD not in account.password_hash
        assert session.get(Clinician, account.id).short_name == "Ada Nwosu"


def test_an_account_that_was_only_invited_lets_nobody_in(app, noor, anybody):
    noor.submit("/people/new", NEW)
    for guess in ("", "no such account", "a", PASSWORD):
        fields = {"email": "ada.nwosu@harbor.example", "password": guess}
        assert anybody().submit("/sign-in", fields).status_code == 422


def test_a_link_works_once_for_a_day_and_until_the_next(app, noor, anybody, link, reading):
    noor.submit("/people/new", NEW)
    first = link()
    with reading() as session:
        kept = session.scalars(select(PasswordLink.token_hash)).one()
    assert kept not in first
    assert len(first.rpartition("/")[2]) >= 43  # 256 bits
    with time_machine.travel(datetime.now(UTC) + policy().password_link_lasts):
        assert anybody().get(first).status_code == 404
    with reading() as session:
        ada = session.scalar(select(Account).where(Account.name == "Ada Nwosu"))
    noor.submit(f"/people/{ada.id}/link", page=f"/people/{ada.id}")
    second = link()
    assert second != first
    assert anybody().get(first).status_code == 404
    assert anybody().submit(second, {"password": PASSWORD}).status_code == 303
    assert anybody().get(second).status_code == 404
    over, never = anybody().get(second), anybody().get("/set-password/never")
    assert over.text == never.text


@pytest.mark.parametrize(
    ("password", "says"),
    [("too short", "15 characters"), ("ada.nwosu is my name", "leave out"), ("", "15")],
)
def test_a_weak_password_is_said_and_the_link_stays_good(
    app, noor, anybody, link, password, says
):
    noor.submit("/people/new", NEW)
    browser = anybody()
    refused = browser.submit(link(), {"password": password})
    assert refused.status_code == 422
    assert says in refused.text
    assert browser.submit(link(), {"password": PASSWORD}).status_code == 303


def test_a_new_password_ends_every_session_and_is_told(
    app, noor, as_staff, anybody, link, latest_letter
):
    lost = as_staff(DR_OSEI)
    assert act(noor, DR_OSEI, "link").status_code == 303
    assert lost.get("/today").status_code == 200
    anybody().submit(link(), {"password": PASSWORD})
    assert lost.get("/today").status_code == 303
    assert latest_letter("password-set").to == DR_OSEI.email
    old = {"email": DR_OSEI.email, "password": DEMO_PASSWORD}
    assert anybody().submit("/sign-in", old).status_code == 422


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": " "}, "write their name"),
        ({"email": "nobody"}, "whole e-mail"),
        ({"role": "owner"}, "choose what they are"),
        ({"email": DR_RIVERA.email}, "already"),
        ({"email": DR_LIND.email}, "already"),
        ({"clinic_id": str(DR_LIND.house.id)}, ""),
        ({"password_hash": "x"}, ""),
    ],
)
def test_what_is_missing_is_said_and_nobody_is_invited(app, noor, reading, changed, says):
    """C-10: and no field but ours is ever taken."""
    answer = noor.submit("/people/new", {**NEW, **changed})
    assert answer.status_code == 422
    assert says in answer.text
    with reading() as session:
        assert session.scalar(select(Account).where(Account.name == "Ada Nwosu")) is None
