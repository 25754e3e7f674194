"""Accounts from the invitation to the record of it, by people who have a keyboard alone."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from config.policy import policy
from server.identity import password_links
from server.identity.models import Account
from server.tenancy import EVERY_CLINIC
from tests.keyboard import Keyboard
from tests.people import HARBOR, NOOR_HADDAD, PRIYA_RAMAN
from tests.two_people import Side
from tests.walk import Whose

PASSWORD = "a quiet road by the sea"
NEXT_YEAR = date.today().year + 1  # noqa: DTZ011  # a year, not a moment


@pytest.mark.slow
def test_accounts_by_keyboard_alone(stack, by_keyboard):
    email = f"ada.{uuid.uuid4().hex[:8]}@harbor.example"
    noor, hers = by_keyboard(Whose.STAFF)
    noor.page.goto(stack.sign_in_link(NOOR_HADDAD, "/people"))
    invite(noor, hers, email)
    keep_a_licence(noor, hers)
    name_the_officer(noor, hers)
    ada, keys = by_keyboard(Whose.STAFF)
    set_password(ada, keys, stack, email)
    sign_in(ada, keys, email)
    elsewhere, other = by_keyboard(Whose.STAFF)
    elsewhere.page.goto(f"{stack.url}/sign-in")
    sign_in(elsewhere, other, email)
    end_the_other(ada, keys)
    elsewhere.page.reload()
    elsewhere.page.wait_for_url("**/sign-in**")
    end_access(noor, hers, stack, email)
    find_it_on_record(*by_keyboard(Whose.STAFF), stack)
    assert noor.complaints + ada.complaints == []


def invite(side: Side, keys: Keyboard, email: str) -> None:
    """What is missing is said first; then name, address and role."""
    follow(side, keys, 'a[href="/people/new"]', "**/people/new")
    keys.to("main button.primary")
    keys.press("Enter")
    keys.expect_focus("[data-errors]")
    keys.write("#name", "Ada Nwosu")
    keys.write("#email", email)
    pick(side, keys, "#role", "therapist")
    keys.to("main button.primary")
    keys.press("Enter")
    said(side, "They are invited")


def keep_a_licence(side: Side, keys: Keyboard) -> None:
    """On a page of its own; what is ended covers nothing from then on."""
    follow(side, keys, 'a[href$="/licences"]', "**/licences")
    pick(side, keys, "#state", "TX")
    pick(side, keys, "#kind", "FULL")
    keys.write("#profession", "Counselor")
    keys.write("#number", "LPC-77")
    for field, day in (("#valid_from", "01012024"), ("#expires_on", f"0630{NEXT_YEAR}")):
        keys.to(field)
        side.page.keyboard.type(day)
    keys.to('form[action$="/keep"] button')
    keys.press("Enter")
    said(side, "The licence is kept")
    expect(side.page.get_by_text("Covers today")).to_be_visible()
    keys.to('form[action$="/end"] button')
    keys.press("Enter")
    said(side, "The licence has ended")
    expect(side.page.get_by_text("Does not cover today")).to_be_visible()


def name_the_officer(side: Side, keys: Keyboard) -> None:
    """Where letters about an emergency go: half an address is not kept."""
    follow(side, keys, 'nav a[href="/people"]', "**/people")
    follow(side, keys, 'a[href="/people/privacy-officer"]', "**/privacy-officer")
    keys.write("#privacy_email", "nobody")
    keys.press("Enter")
    keys.expect_focus("[data-errors]")
    keys.write("#privacy_email", HARBOR.privacy_email)
    keys.press("Enter")
    said(side, "It is kept")


def set_password(side: Side, keys: Keyboard, stack, email: str) -> None:
    """By the link of a letter; one that is too short is said."""
    with stack.database.transaction(EVERY_CLINIC) as session:
        account = session.scalars(select(Account).where(Account.email == email)).one()
        _, token = password_links.make(session, account, policy(), now=datetime.now(UTC))
    side.page.goto(f"{stack.url}/set-password/{token}")
    keys.write("#password", "short")
    keys.press("Enter")
    expect(side.page.locator(".field-error")).to_be_visible()
    keys.write("#password", PASSWORD)
    keys.press("Enter")
    side.page.wait_for_url("**/sign-in")


def sign_in(side: Side, keys: Keyboard, email: str) -> None:
    """As everybody does."""
    keys.write("#email", email)
    keys.write("#password", PASSWORD)
    keys.press("Enter")
    side.page.wait_for_url("**/today")


def end_the_other(side: Side, keys: Keyboard) -> None:
    """From one's own menu to the list of browsers, and out everywhere else."""
    keys.to(".me summary")
    keys.press("Enter")
    follow(side, keys, 'a[href="/sessions"]', "**/sessions")
    keys.to('form[action="/sessions/end/others"] button')
    keys.press("Enter")
    said(side, "Signed out everywhere else")


def end_access(side: Side, keys: Keyboard, stack, email: str) -> None:
    """The end of an account, and its opening again."""
    with stack.database.reading(EVERY_CLINIC) as session:
        account = session.scalars(select(Account.id).where(Account.email == email)).one()
    follow(side, keys, 'nav a[href="/people"]', "**/people")
    follow(side, keys, f'.acts a[href="/people/{account}"]', f"**/people/{account}")
    keys.to('form[action$="/end"] button')
    keys.press("Enter")
    said(side, "Their access has ended")


def find_it_on_record(side: Side, keys: Keyboard, stack) -> None:
    """An auditor narrows the record to accounts, and reads whose act it was."""
    side.page.goto(stack.sign_in_link(PRIYA_RAMAN, "/audit"))
    pick(side, keys, "#what", "accounts")
    keys.to("main button.primary")
    keys.press("Enter")
    side.page.wait_for_url("**what=accounts**")
    first = side.page.locator("tbody tr").first
    expect(first).to_contain_text("Ended an account")
    expect(first).to_contain_text(NOOR_HADDAD.name)


def follow(side: Side, keys: Keyboard, link: str, to: str) -> None:
    """Along a link."""
    keys.to(link)
    keys.press("Enter")
    side.page.wait_for_url(to)


def pick(side: Side, keys: Keyboard, selector: str, value: str) -> None:
    """An option of a list, by the arrow keys."""
    keys.to(selector)
    field = side.page.locator(selector)
    for _ in range(field.locator("option").count()):
        if field.input_value() == value:
            return
        keys.press("ArrowDown")
    raise AssertionError(f"{selector} has no {value}")


def said(side: Side, words: str) -> None:
    """What the page says has happened."""
    expect(side.page.get_by_role("status")).to_contain_text(words)
