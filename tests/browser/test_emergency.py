"""A record opened in an emergency, from the reason to the patient who sees it; by keyboard."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from server.emergency_access.models import EmergencyAccess
from server.messages.models import Letter
from server.tenancy import EVERY_CLINIC
from tests.faults.signaling.node import until
from tests.keyboard import Keyboard
from tests.people import CASEY, DEMO_PASSWORD, DR_OSEI, MORGAN, PRIYA_RAMAN
from tests.two_people import Side
from tests.walk import Whose

REASON = "Found unconscious, her sister is on the phone"


@pytest.mark.check("C-21")
def test_an_emergency_by_keyboard_alone(stack, by_keyboard, record_property):
    visit = stack.visit(ready=True)
    osei, his = by_keyboard(Whose.STAFF)
    open_record(osei, his, stack)
    read_and_close(osei, his, visit["visit_id"])
    told_after = until(lambda: notice(stack), seconds=60)
    assert told_after <= timedelta(minutes=1)
    record_property("figure", f"privacy officer told after {told_after.total_seconds():.1f} s")
    review(*by_keyboard(Whose.STAFF), stack)
    morgan, hers = by_keyboard(Whose.PATIENT)
    see_who_looked(morgan, hers, visit["patient_url"])
    assert morgan.complaints + [c for c in osei.complaints if "404" not in c] == []


def open_record(side: Side, keys: Keyboard, stack) -> None:
    """What is missing is said first; then name, birthday, reason and password."""
    side.page.goto(stack.sign_in_link(DR_OSEI, "/emergency-access"))
    keys.act("open-record")
    keys.expect_focus("[data-errors]")
    keys.write("#full_name", MORGAN.name)
    birthday(keys, MORGAN)
    keys.write("#reason", REASON)
    keys.write("#password", DEMO_PASSWORD)
    keys.press("Enter")
    side.page.wait_for_url("**/emergency-access/record")


def read_and_close(side: Side, keys: Keyboard, visit_id: str) -> None:
    """To the chart, along its tabs, each with the way out; then out."""
    keys.to(f'a[href="/visits/{visit_id}/chart"]')
    keys.press("Enter")
    side.page.wait_for_url(f"**/visits/{visit_id}/chart")
    for tab in ("history", "safety"):
        banner = side.page.locator(".emergency")
        expect(banner).to_contain_text(f"Emergency access to the record of {MORGAN.short_name}")
        expect(banner).to_contain_text("minutes")
        keys.to(f'a[href="/visits/{visit_id}/chart/{tab}"]')
        keys.press("Enter")
        side.page.wait_for_url(f"**/chart/{tab}")
    chart = side.page.url
    keys.act("close-access")
    expect(side.page.get_by_role("status")).to_contain_text("The record is closed")
    side.page.goto(chart)
    expect(side.page.locator("h1")).to_have_text("This did not work")
    side.page.go_back()  # the history shows no record either: nothing of it was kept
    expect(side.page.get_by_text(MORGAN.support_name)).to_have_count(0)


def notice(stack) -> timedelta | None:
    """How long the letter to the privacy officer took, once it has gone out."""
    with stack.database.reading(EVERY_CLINIC) as session:
        access = session.scalars(
            select(EmergencyAccess).order_by(EmergencyAccess.opened_at.desc()).limit(1)
        ).one()
        sent_at = session.scalar(select(Letter.sent_at).where(Letter.about == str(access.id)))
    return sent_at - access.opened_at if sent_at else None


def review(side: Side, keys: Keyboard, stack) -> None:
    """The privacy officer reads the reason and accepts it with a word."""
    side.page.goto(stack.sign_in_link(PRIYA_RAMAN, "/emergency-access/review"))
    row = side.page.locator("[data-access]").first
    expect(row).to_contain_text(REASON)
    keys.write('[data-access] input[name="review_words"]', "Called the department: right")
    keys.to('[data-access] button[value="accepted"]')
    keys.press("Enter")
    expect(side.page.get_by_text("Called the department: right")).to_be_visible()


def see_who_looked(side: Side, keys: Keyboard, link: str) -> None:
    """Two identifiers, the list, and a word to the clinic."""
    side.page.goto(link)
    keys.act("open")
    side.page.wait_for_url("**/visit")
    side.page.goto(side.page.url + "/who-looked")
    birthday(keys, CASEY)
    keys.write("#phone_end", MORGAN.phone[-4:])
    keys.press("Enter")
    keys.expect_focus("[data-errors]")
    birthday(keys, MORGAN)
    keys.press("Enter")
    look = side.page.locator(".looks li", has_text=DR_OSEI.name).first
    expect(look).to_contain_text("opened in an emergency")
    keys.act("ask")
    expect(side.page.locator("h1")).to_have_text("Thank you for asking")


def birthday(keys: Keyboard, person) -> None:
    for part in ("month", "day", "year"):
        keys.write(f"#birth_date_{part}", str(getattr(person.born_on, part)))
