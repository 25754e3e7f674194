"""A record opened in an emergency, and everybody who is told of it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.people import DR_OSEI, MORGAN, PRIYA_RAMAN
from tests.walk.hands import fill_in, say_who, submit
from tests.walk.stops import Stop, Walk, Whose


def emergency(walk: Walk) -> Iterator[Stop]:
    """One record opened in an emergency, its review, and who looked, as each is told it."""
    visit = walk.stack.visit(ready=True)
    with walk.person(Whose.STAFF) as colleague:
        colleague.page.goto(walk.stack.sign_in_link(DR_OSEI, "/emergency-access"))
        colleague.act("open-record")
        colleague.page.wait_for_selector("[data-errors]")
        yield walk.at("emergency, with errors", colleague)
        fill_in(colleague.page, MORGAN)
        colleague.act("open-record")
        colleague.page.wait_for_url("**/emergency-access/record")
        yield walk.at("emergency, record", colleague)
        yield walk.to("emergency, chart", colleague, f"/visits/{visit['visit_id']}/chart")
        with walk.person(Whose.STAFF) as elsewhere:
            elsewhere.page.goto(walk.stack.sign_in_link(DR_OSEI, "/emergency-access"))
            yield walk.at("emergency, open elsewhere", elsewhere)
        colleague.act("close-access")
        colleague.page.wait_for_url(lambda url: url.endswith("?closed=1"))
    yield from _privacy_officer(walk)
    yield from _own_looks(walk, visit["patient_url"])


def _privacy_officer(walk: Walk) -> Iterator[Stop]:
    with walk.person(Whose.STAFF) as officer:
        officer.page.goto(walk.stack.sign_in_link(PRIYA_RAMAN, "/emergency-access/review"))
        officer.page.locator('button[value="accepted"]').first.click()
        officer.page.wait_for_selector(".field-error")
        yield walk.at("emergency, review without a word", officer)
        for name, query in RECORD.items():
            yield walk.to(f"record, {name}", officer, f"/audit{query}")
        officer.page.goto(f"{walk.stack.url}/who-looked")
        yield walk.refused("who looked, of whom, with errors", officer)
        yield walk.to("who looked, printed", officer, f"/who-looked/{MORGAN.id}")


def _own_looks(walk: Walk, link: str) -> Iterator[Stop]:
    with walk.person(Whose.PATIENT) as patient:
        patient.open_link(link)
        patient.page.wait_for_url("**/visit")
        patient.page.goto(f"{walk.stack.url}/visit/who-looked")
        yield walk.refused("own looks, asked again", patient)
        say_who(patient.page, MORGAN)
        submit(patient.page)
        patient.page.wait_for_selector('[data-action="ask"]')
        yield walk.at("own looks", patient)


RECORD = {
    "all": "",
    "refused": "?decision=refused",
    "nothing found": "?about=nobody-has-this-one",
    "with an error": "?from=2026-02-02&to=2026-02-01",
}
