"""The demo that `make run` shows: seeded once, open on both sides, on this machine only."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from config.policy import policy
from server.commands.visit import open_visit
from server.demo.day import seed
from tests.browsing import BASE_URL, Visitor
from tests.people import DR_RIVERA, JORDAN_LEE, MORGAN


def test_seeding_twice_adds_nothing(transaction, ask_database):
    counts = []
    for _ in range(2):
        with transaction() as session:
            seed(session, policy(), base_url=BASE_URL, now=datetime.now(UTC))
        counts.append(ask_database("SELECT count(*) FROM visits"))
    assert counts[0] == counts[1] > 0


def test_both_ways_into_a_fresh_visit_work_and_the_clinicians_works_once(settings, app):
    opened = open_visit(settings, ready=True)
    patient, clinician, late = Visitor(app), Visitor(app), Visitor(app)
    patient.open_link(opened["patient_url"].rpartition("/")[2])
    assert patient.get("/visit").status_code == 200
    way_in = opened["clinician_url"].removeprefix(BASE_URL)
    assert clinician.get(way_in).headers["Location"] == f"/visits/{opened['visit_id']}"
    assert clinician.get(f"/visits/{opened['visit_id']}").status_code == 200
    assert late.get(way_in).status_code == 404


def test_the_demos_doors_open_on_this_machine_only(settings, app):
    opened = open_visit(settings, ready=False)
    way_in = opened["clinician_url"].removeprefix(BASE_URL)
    for path in (way_in, "/dev/mailbox"):
        answer = Visitor(app).raw("GET", path, environ_base={"REMOTE_ADDR": "192.0.2.7"})
        assert answer.status_code == 404


@pytest.mark.parametrize("page", ["/today", "/board"])
def test_the_lists_show_the_patient_of_today(app, settings, as_staff, page):
    open_visit(settings, ready=True)
    who = DR_RIVERA if page == "/today" else JORDAN_LEE
    answer = as_staff(who).get(page)
    assert answer.status_code == 200
    assert MORGAN.short_name in answer.text


def test_the_mailbox_shows_the_link_as_a_link(app, settings):
    opened = open_visit(settings, ready=False)
    assert f'href="{opened["patient_url"]}"' in Visitor(app).get("/dev/mailbox").text
