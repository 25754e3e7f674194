"""What a hand does on a page, and what only trouble would bring up."""

from __future__ import annotations

from playwright.sync_api import Page

from server.demo.cast import Person
from tests.people import DEMO_PASSWORD


def submit(page: Page) -> None:
    """The one thing this page is for."""
    page.locator("main button.primary:visible").first.click()
    page.wait_for_load_state()


def fill_in(page: Page, person: Person) -> None:
    """The form of an emergency, about this person."""
    page.fill("#full_name", person.name)
    _birthday(page, person)
    page.fill("#reason", "Found unconscious, her sister is on the phone")
    if page.locator("#password").count():
        page.fill("#password", DEMO_PASSWORD)


def say_who(page: Page, person: Person) -> None:
    """Birthday and number, as this person knows them."""
    _birthday(page, person)
    page.fill("#phone_end", person.phone[-4:])


def _birthday(page: Page, person: Person) -> None:
    for part in ("month", "day", "year"):
        page.fill(f"#birth_date_{part}", str(getattr(person.born_on, part)))


def empty_all(page: Page) -> None:
    """Take out what is filled in already."""
    for field in page.locator("main input:visible").all():
        if field.get_attribute("type") not in ("radio", "checkbox", "hidden"):
            field.fill("")


def show(page: Page, *places: str) -> None:
    """What only trouble brings up, brought up by hand."""
    for place in places:
        page.evaluate("place => { document.querySelector(place).hidden = false; }", place)
