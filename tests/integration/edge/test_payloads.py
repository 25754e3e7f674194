"""Hostile words in every field are words on every page, for everybody (C-37, T-21).

A page with payloads must have the same markup as the same page with a harmless word. What a
browser makes of them is asked in tests/browser/test_payloads.py.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest
from sqlalchemy import update

from dev.fuzz.forms import names_in_templates
from server.visits.kinds import Stage
from server.visits.models import Participant
from tests import payloads
from tests.browsing import BASE_URL
from tests.payloads import PAYLOADS, SHARP, Skeleton
from tests.roles import (
    ADMIN,
    AUDITOR,
    DESK,
    GUARDIAN,
    HOST,
    PATIENT,
    STRANGER,
    address,
    now,
    routes,
)

pytestmark = pytest.mark.check("C-37")
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FEW = (HOST, DESK, ADMIN, AUDITOR, PATIENT, GUARDIAN, STRANGER)
#: made of what somebody typed, and told as what they are
PLAIN_FILES = ("text/csv", "text/plain", "application/json")


def test_there_are_forty_and_each_has_its_own_mark():
    assert len(PAYLOADS) == len(set(PAYLOADS)) == 40


def test_the_comparison_would_notice_a_hole():
    """Each payload, put into a page as it is, changes the page's markup or leads elsewhere."""
    page = '<p title="{0}">{0}</p><a href="{0}">x</a><textarea>{0}</textarea><!-- {0} -->'
    harmless = Skeleton(page.format("x99")).shape
    unnoticed = []
    for payload in PAYLOADS:
        seen = Skeleton(page.format(payload))
        if seen.shape == harmless and not list(seen.leads()):
            unnoticed.append(payload)
    # what is hostile to template engines, or already escaped, is not markup to a browser
    assert unnoticed == [p for p in PAYLOADS if p.startswith(("{{7", "${", "{%", "&lt;"))]


@pytest.fixture
def lived_in(browsers, visits, transaction):
    """A little more has happened: everybody waits, words were sent, devices tested."""
    waits = {"stage": Stage.WAITING, "waiting_since": now(), "seat_session": "phone"}
    with transaction() as session:
        others = Participant.account_id.is_(None) & (Participant.room_id == visits.own.room_id)
        session.execute(update(Participant).where(others).values(**waits))
    host, patient = browsers[HOST], browsers[PATIENT]
    visit = f"/visits/{visits.own.id}"
    for browser, path, body in (
        (patient, "/visit/device-test", {"verdict": "ok", "camera": "HD", "words": "ok"}),
        (patient, "/visit/message", {"text": "Here."}),
        (patient, "/visit/phone-instead", {}),
        (host, f"{visit}/message", {"text": "We are here."}),
        (host, f"{visit}/device-test", {"verdict": "ok"}),
        (host, f"{visit}/call-for-help", {}),
    ):
        assert browser.post(path, body).status_code < 500
    return browsers


#: they list who looked, and looking makes them longer
GROWS = re.compile(r"who-looked|looks|/audit")


def pages(app, browsers, visits, among=None):
    """Every page as everybody, as markup and words; `among` are the ones worth asking for."""
    target = visits.targets()["own"]
    for rule, method in routes(app):
        if method != "GET" or rule.endpoint == "demo.sign_in":
            continue
        for role, browser in browsers.items():
            if among is not None and f"{role} at {rule.rule}" not in among:
                continue
            answer = browser.get(address(rule, target))
            assert answer.status_code < 500, f"{role} at {rule.rule}"
            if answer.mimetype == "text/html" and answer.status_code == 200:
                yield f"{role} at {rule.rule}", Skeleton(answer.text)
            elif answer.status_code == 200:
                assert answer.mimetype in PLAIN_FILES, f"{rule.rule} is {answer.mimetype}"


def differing(one: dict[str, Skeleton], other: dict[str, Skeleton]) -> list[str]:
    wrong = [f"{where} answered only once" for where in one.keys() ^ other.keys()]
    for where in one.keys() & other.keys():
        more = other[where].shape - one[where].shape
        less = one[where].shape - other[where].shape
        if GROWS.search(where):
            more, less = more.keys() - one[where].shape.keys(), Counter()
        if more or less:
            wrong.append(f"{where}: {more} instead of {less}")
        wrong += [f"{where} leads to {address}" for address in other[where].leads()]
    return wrong


@ON_SQLITE
@pytest.mark.parametrize(
    "rotations", [(7,), pytest.param(tuple(range(40)), marks=pytest.mark.slow)], ids=len
)
def test_every_page_of_everybody_keeps_its_markup(
    app, lived_in, visits, transaction, rotations, record_property
):
    whole = len(rotations) == len(PAYLOADS)
    browsers = lived_in if whole else {role: lived_in[role] for role in FEW}
    with transaction() as session:
        payloads.plant(session, payloads.benign)
    harmless = dict(pages(app, browsers, visits))
    planted, shown = set(), set()
    for rotation in rotations:
        with transaction() as session:
            among = PAYLOADS if whole else SHARP
            planted |= payloads.plant(session, payloads.rotated(rotation, among))
        hostile = dict(pages(app, browsers, visits, among=harmless))
        assert differing(harmless, hostile) == []
        shown |= {mark for page in hostile.values() for mark in page.marks()}
    # Each rotation puts another payload into each field; the grid has each in each of them.
    assert len(shown) >= (36 if whole else 12), sorted(planted - shown)
    record_property(
        "figure", f"{len(payloads.fields())} fields, {len(harmless)} pages, {len(shown)} seen"
    )


@ON_SQLITE
def test_what_was_typed_comes_back_as_words(app, lived_in, visits, record_property):
    """A form that is shown again with what was typed, as everybody who may send it."""
    target = visits.targets()["own"]
    names = sorted(names_in_templates())
    checked: Counter[str] = Counter()
    for rule, method in routes(app):
        if method != "POST" or rule.endpoint in ("identity.sign_out", "visit_api.hear"):
            continue
        for role in (HOST, DESK, PATIENT, STRANGER):
            browser, path = lived_in[role], address(rule, target)
            answers = []
            for word in ("x99", PAYLOADS[checked.total() % 40]):
                fields = dict.fromkeys(names, word) | {"csrf_token": browser.form_token}
                answers.append(
                    browser.raw("POST", path, data=fields, headers={"Origin": BASE_URL})
                )
            if {a.mimetype for a in answers} != {"text/html"}:
                continue
            if len({a.status_code for a in answers}) == 1:
                one, other = (Skeleton(each.text) for each in answers)
                where = f"{role} at {rule.rule}"
                assert differing({where: one}, {where: other}) == []
                checked[rule.endpoint] += 1
    assert len(checked) >= 10
    record_property("figure", f"{len(checked)} forms shown again")
