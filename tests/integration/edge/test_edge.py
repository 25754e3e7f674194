"""The web edge: doors, forgery, one shape of error, headers (C-14, C-15)."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text

from server.doors import ANYONE, door_of
from tests.browsing import BASE_URL
from tests.people import DR_OSEI, DR_RIVERA, JORDAN_LEE, MORGAN
from tests.roles import Target, address

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_every_view_has_a_door(app):
    open_doors = [name for name, view in app.view_functions.items() if door_of(view) is None]
    assert open_doors == []


def test_whoever_has_not_signed_in_is_let_into_nothing(app, anybody):
    stranger, asked = anybody(), 0
    for rule in app.url_map.iter_rules():
        door = door_of(app.view_functions[rule.endpoint])
        if door.kinds == ANYONE or "GET" not in rule.methods:
            continue
        path = address(rule, Target.nowhere())
        answer = stranger.get(path)
        asked += 1
        assert answer.status_code in (303, 401), f"{path} answered {answer.status_code}"
    assert asked > 30


def test_an_error_has_one_shape_in_json(anybody):
    answer = anybody().post(f"/visits/{uuid.uuid4()}/ticket", {"page": "p", "tab": "t"})
    assert answer.status_code == 401
    assert set(answer.json) == {"error"}
    assert set(answer.json["error"]) == {"code", "message"}
    assert answer.json["error"]["code"] == "not-signed-in"


def test_a_colleague_gets_what_a_random_id_gets(as_staff, a_visit):
    visit = a_visit()
    colleague = as_staff(DR_OSEI)
    body = {"page": "p", "tab": "t"}
    theirs = colleague.post(f"/visits/{visit.id}/ticket", body)
    random = colleague.post(f"/visits/{uuid.uuid4()}/ticket", body)
    assert (theirs.status_code, theirs.data) == (random.status_code, random.data)
    assert theirs.status_code == 404


def test_a_refusal_is_on_record(as_staff, a_visit, ask_database):
    visit = a_visit()
    as_staff(DR_OSEI).post(f"/visits/{visit.id}/ticket", {"page": "p", "tab": "t"})
    found = ask_database(
        "SELECT count(*) FROM audit_rows WHERE decision = 'refused' AND object = :about",
        about=str(visit.id),
    )
    assert found == 1


def test_when_a_refusal_cannot_be_recorded_the_answer_is_not_now(app, as_staff, a_visit):
    visit = a_visit()
    colleague = as_staff(DR_OSEI)
    with app.extensions["database"].transaction() as session:
        session.execute(
            text(
                "CREATE TRIGGER nothing_is_written BEFORE INSERT ON audit_rows "
                "BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
        )
    answer = colleague.post(f"/visits/{visit.id}/ticket", {"page": "p", "tab": "t"})
    assert answer.status_code == 503


@pytest.mark.check("C-14")
@pytest.mark.parametrize(
    "forged",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_forged_call_changes_nothing(as_staff, a_visit, forged):
    visit = a_visit()
    rivera = as_staff(DR_RIVERA)
    answer = rivera.post(f"/visits/{visit.id}/ticket", {"page": "p", "tab": "t"}, **forged)
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "cross-site")


@pytest.mark.check("C-14")
def test_a_call_without_our_header_is_refused(as_staff, a_visit):
    visit = a_visit()
    answer = as_staff(DR_RIVERA).raw(
        "POST",
        f"/visits/{visit.id}/ticket",
        json={"page": "p", "tab": "t"},
        headers={"Origin": BASE_URL, "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 403


@pytest.mark.check("C-14")
def test_a_form_without_its_token_is_refused(anybody):
    answer = anybody().raw(
        "POST",
        "/sign-in",
        data={"email": DR_RIVERA.email, "password": "x"},
        headers={"Origin": BASE_URL, "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 403
    assert "reload" in answer.text


@pytest.mark.check("C-15")
@pytest.mark.parametrize("path", ["/", "/help", "/sign-in", "/healthz", "/no-such-page"])
def test_what_every_answer_tells_a_browser(anybody, path):
    headers = anybody().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert "Werkzeug" not in headers.get("Server", "")


def test_bad_input_names_its_fields(as_patient, a_visit):
    visit = a_visit()
    patient = as_patient(visit.link(MORGAN))
    answer = patient.post("/visit/ticket", {"page": "", "tab": "t", "extra": 1})
    assert answer.status_code == 422
    assert answer.json["error"]["code"] == "invalid"
    assert answer.json["fields"] == ["extra", "page"]


def test_happenings_need_signalings_own_signature(anybody):
    answer = anybody().raw("POST", "/internal/happenings", data="e30.e30.e30")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "knock",
    [
        {"headers": {"X-Forwarded-For": "203.0.113.9"}},
        {"headers": {"Host": "rebound.example"}},
        {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}},
    ],
)
def test_the_demos_own_doors_open_from_this_machine_alone(anybody, knock):
    """Not behind a proxy, and not by a foreign name for this machine (T-22)."""
    assert anybody().get("/dev/mailbox").status_code == 200
    assert anybody().raw("GET", "/dev/mailbox", **knock).status_code == 404


def test_a_role_turned_away_at_the_door_is_on_record(as_staff, a_visit, ask_database):
    """NUD-15, T-04."""
    visit = a_visit()
    assert as_staff(JORDAN_LEE).get(f"/visits/{visit.id}/chart").status_code == 404
    found = ask_database(
        "SELECT count(*) FROM audit_rows WHERE decision = 'refused' AND object = :about",
        about=str(visit.id),
    )
    assert found == 1


@pytest.mark.parametrize("page", ["/help", "/breathe"])
def test_a_page_for_everybody_leads_back_to_where_one_belongs(
    anybody, as_patient, as_staff, a_visit, page
):
    """Nothing tells us where it was left: no referrer leaves a page."""
    words = "Back to where"
    assert words not in anybody().get(page).text
    for browser, home in (
        (as_patient(a_visit().link(MORGAN)), "/visit"),
        (as_staff(DR_RIVERA), "/today"),
        (as_staff(JORDAN_LEE), "/board"),
    ):
        shown = browser.get(page).text
        assert f'href="{home}"' in shown.split("<main", 1)[1].split(words)[0]
