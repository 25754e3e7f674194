"""Staff sign in: guessing stops, sessions are new, cookies are bound (T-14...T-18, C-35)."""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import mean
from time import perf_counter

import pytest
from sqlalchemy import func, select, update

from server.access.actor import Actor, ActorKind
from server.app import create_app
from server.audit.models import AuditRow
from server.errors import NotFound
from server.identity import cookies, passwords
from server.identity.models import Account, SignInAttempt, StaffSession
from server.identity.secret_ids import hash_of
from server.staff import accounts
from tests.browsing import Visitor
from tests.people import DEMO_PASSWORD, DR_LIND, DR_OSEI, DR_RIVERA, JORDAN_LEE


def guess(browser, email: str, password: str = "wrong"):  # noqa: S107
    return browser.submit("/sign-in", {"email": email, "password": password})


@pytest.mark.parametrize(("person", "home"), [(DR_RIVERA, "/today"), (JORDAN_LEE, "/board")])
def test_staff_sign_in_and_land_on_their_own_first_page(app, anybody, person, home):
    answer = anybody().sign_in(person)
    assert answer.headers["Location"] == home


@pytest.mark.check("C-33")
def test_the_cookie_is_bound_to_this_host_and_hidden_from_scripts(app, anybody):
    header = anybody().sign_in(DR_RIVERA).headers.get_all("Set-Cookie")
    ours = next(line for line in header if line.startswith(cookies.STAFF))
    for attribute in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert attribute in ours
    assert "Domain" not in ours


def test_the_secret_is_kept_hashed(app, anybody, reading):
    browser = anybody()
    browser.sign_in(DR_RIVERA)
    secret = browser.cookie(cookies.STAFF)
    with reading() as session:
        assert session.scalars(select(StaffSession.id_hash)).all() == [hash_of(secret)]


def test_signing_in_gives_a_new_session_and_ends_the_old_one(app, anybody):
    browser = anybody()
    browser.hold(cookies.STAFF, "planted-by-somebody-else")
    browser.sign_in(DR_RIVERA)
    first = browser.cookie(cookies.STAFF)
    assert first != "planted-by-somebody-else"  # T-18
    again = {"email": DR_RIVERA.email, "password": DEMO_PASSWORD}
    browser.submit("/sign-in", again, page="/help")  # no token there: refused, nothing changes
    token = anybody()
    token.hold(cookies.STAFF, first)
    assert token.get("/sign-in").status_code == 303
    browser.submit("/sign-out", page="/today")
    assert token.get("/sign-in").status_code == 200


@pytest.mark.check("C-35")
def test_a_hundred_guesses_with_new_cookies_and_invented_addresses_stop_at_the_tenth(
    app, anybody, reading
):
    statuses = []
    for number in range(100):
        browser = Visitor(app, **{"X-Forwarded-For": f"198.51.100.{number}"})
        statuses.append(guess(browser, DR_RIVERA.email).status_code)
    assert statuses == [422] * 9 + [429] * 91
    right = guess(anybody(), DR_RIVERA.email, DEMO_PASSWORD)
    assert right.status_code == 429
    assert "Too many tries" in right.text


@pytest.mark.check("C-35")
@pytest.mark.parametrize(
    ("proxies", "network"), [([], "127.0.0.1"), (["127.0.0.1"], "203.0.113.9")]
)
def test_only_a_proxy_of_ours_is_believed_about_the_address(
    settings, reading, proxies, network
):
    behind = create_app(settings.model_copy(update={"trusted_proxies": proxies}))
    behind.testing = True
    forged = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
    guess(Visitor(behind, **forged), DR_RIVERA.email)
    with reading() as session:
        assert session.scalars(select(SignInAttempt.network)).all() == [network]


def test_a_colleague_at_the_same_address_still_signs_in(app, anybody):
    for _ in range(12):
        guess(anybody(), DR_RIVERA.email)
    anybody().sign_in(DR_OSEI)


def test_a_right_password_does_not_count_against_anybody(app, anybody, reading):
    for _ in range(11):
        anybody().sign_in(DR_RIVERA)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


@pytest.mark.check("C-35")
def test_unknown_and_known_users_get_the_same_words(app, anybody):
    known = guess(anybody(), DR_RIVERA.email)
    unknown = guess(anybody(), "nobody@harbor.example")

    def page(answer):
        return [line for line in answer.text.splitlines() if "value=" not in line]

    assert known.status_code == unknown.status_code == 422
    assert page(known) == page(unknown)


@pytest.mark.check("C-35")
def test_unknown_and_known_users_take_the_same_time():
    stored = passwords.hash_password("something")
    passwords.matches(None, "warm")
    spent: dict[str | None, list[float]] = {stored: [], None: []}
    for _ in range(20):
        for kept, times in spent.items():
            began = perf_counter()
            assert not passwords.matches(kept, "wrong")
            times.append(perf_counter() - began)
    fastest = {kept: mean(sorted(times)[:10]) for kept, times in spent.items()}
    assert abs(fastest[stored] - fastest[None]) < 0.020


def test_nobody_signs_in_as_an_unknown_user_with_the_password_of_nobody(app, anybody):
    answer = guess(anybody(), "nobody@harbor.example", "no such account")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "today",
        "/\nevil",
    ],
)
def test_after_sign_in_nobody_is_sent_to_another_site(app, anybody, elsewhere):
    browser = anybody()
    answer = browser.submit(
        "/sign-in",
        {"email": DR_RIVERA.email, "password": DEMO_PASSWORD, "next": elsewhere},
    )
    assert answer.headers["Location"] == "/today"


def test_the_page_that_was_wanted_comes_next(app, anybody, a_visit):
    visit = a_visit()
    browser = anybody()
    asked = browser.get(f"/visits/{visit.id}")
    assert asked.headers["Location"] == f"/sign-in?next=/visits/{visit.id}"
    fields = {
        "email": DR_RIVERA.email,
        "password": DEMO_PASSWORD,
        "next": f"/visits/{visit.id}",
    }
    answer = browser.submit("/sign-in", fields)
    assert answer.headers["Location"] == f"/visits/{visit.id}"


def test_what_was_typed_stays_except_the_password(app, anybody):
    answer = guess(anybody(), "dr.typo@harbor.example", "my-secret-password")
    assert "dr.typo@harbor.example" in answer.text
    assert "my-secret-password" not in answer.text


@pytest.mark.check("C-06")
def test_a_disabled_account_is_out_at_once_and_cannot_come_back(
    app, anybody, as_staff, transaction
):
    browser = as_staff(DR_OSEI)
    assert browser.get("/sign-in").status_code == 303
    admin = Actor(ActorKind.SYSTEM, clinic_id=DR_OSEI.house.id)
    with transaction() as session:
        accounts.disable(session, admin, DR_OSEI.id, now=datetime.now(UTC))
    assert browser.get("/sign-in").status_code == 200
    assert guess(anybody(), DR_OSEI.email, DEMO_PASSWORD).status_code == 422


def test_another_clinics_admin_disables_nobody_here(transaction):
    admin = Actor(ActorKind.STAFF, role="clinic_admin", clinic_id=DR_LIND.house.id)
    with pytest.raises(NotFound), transaction() as session:
        accounts.disable(session, admin, DR_OSEI.id, now=datetime.now(UTC))


def test_sign_ins_and_wrong_passwords_are_audited(app, anybody, reading):
    guess(anybody(), DR_RIVERA.email)
    anybody().sign_in(DR_RIVERA)
    with reading() as session:
        rows = session.execute(
            select(AuditRow.decision, AuditRow.object).where(
                AuditRow.action == "session:sign-in"
            )
        ).all()
    assert sorted(rows) == [("done", str(DR_RIVERA.id)), ("refused", str(DR_RIVERA.id))]


def test_many_at_once_are_asked_to_come_back_rather_than_starving_the_house(
    app, anybody, reading
):
    places = [passwords._places.acquire(blocking=False) for _ in range(1000)]
    try:
        answer = guess(anybody(), DR_RIVERA.email)
    finally:
        for taken in places:
            if taken:
                passwords._places.release()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    with reading() as session:  # and it was no wrong password
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


def test_an_account_is_found_whatever_the_case_of_its_email(app, anybody, transaction):
    with transaction() as session:
        session.execute(update(Account).values(email=func.lower(Account.email)))
    answer = guess(anybody(), f" {DR_RIVERA.email.upper()} ", DEMO_PASSWORD)
    assert answer.status_code == 303
