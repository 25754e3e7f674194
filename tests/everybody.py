"""Three visits and a browser for every role."""

from __future__ import annotations

import re

import pytest

from server.identity import cookies
from tests.people import (
    ALEX,
    ANA,
    DR_LIND,
    DR_OSEI,
    LINH,
    MORGAN,
    ROBIN,
    SAM_TAYLOR,
    SAM_WHITFIELD,
)
from tests.roles import (
    COMES_ALONG,
    FURTHER,
    GRANT,
    HOST,
    OLA,
    PATIENT,
    STAFF_OF,
    STRANGER,
    Visits,
    bring_in,
    live_in,
    now,
)


@pytest.fixture
def visits(a_visit, transaction) -> Visits:
    """Morgan's visit with everybody in it, Alex's with a colleague, Robin's elsewhere."""
    with transaction() as session:
        bring_in(session, now())
    opened = Visits(
        own=a_visit(also=(SAM_WHITFIELD, LINH, ANA, SAM_TAYLOR, OLA)),
        neighbour=a_visit(patient=ALEX, clinician=DR_OSEI),
        abroad=a_visit(patient=ROBIN, clinician=DR_LIND),
    )
    with transaction() as session:
        live_in(session, opened, now())
    return opened


@pytest.fixture
def browsers(app, visits, as_staff, as_patient, anybody):
    """One browser for each role, each with a form of ours open."""
    everybody = {role: as_staff(person) for role, person in STAFF_OF.items()}
    host = everybody[HOST]
    opened = host.post(f"/visits/{visits.own.id}/ticket", {"page": "p", "tab": "t"})
    assert opened.status_code == 200, opened.text
    everybody[GRANT] = anybody()
    everybody[GRANT].hold(cookies.CALL, host.cookie(cookies.CALL))
    everybody[PATIENT] = as_patient(visits.own.link(MORGAN))
    everybody[FURTHER] = as_patient(visits.own.link(MORGAN))
    for role, person in COMES_ALONG.items():
        everybody[role] = as_patient(visits.own.link(person))
    stranger = everybody[STRANGER] = anybody()
    token = re.search(r'name="csrf_token" value="([^"]+)"', stranger.get("/sign-in").text)[1]
    for browser in everybody.values():
        browser.hold("__Host-form", stranger.cookie("__Host-form"))
        browser.form_token = token
    return everybody
