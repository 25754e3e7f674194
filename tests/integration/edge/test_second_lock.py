"""PostgreSQL keeps clinics apart also when every WHERE of ours is forgotten (C-09)."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, insert, select, true, update
from sqlalchemy.exc import ProgrammingError

from server import knock, walls
from server.access.permissions import NOT_SIGNED_IN, Relation
from server.people import scopes as people
from server.schema import METADATA, WHOSE
from server.tasks.models import Task
from server.tenancy import EVERY_CLINIC, OfTheHouse, Shared
from server.visits import scopes
from server.visits.models import Visit
from tests.people import ALEX, HARBOR, LAKESIDE, MORGAN
from tests.roles import CANARY, ELSEWHERE, FROM_ABROAD, ask, now, routes, seen, tells

LOCKED = sorted(table for table, whose in WHOSE.items() if not isinstance(whose, Shared))
on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture
def the_first_lock_is_off(monkeypatch):
    """Every door lets in whoever signed in, and every WHERE of ours asks for nothing."""
    asked = knock.reason_not_to

    def only_signed_in(actor, permission, facts=None):
        return NOT_SIGNED_IN if asked(actor, permission) == NOT_SIGNED_IN else None

    monkeypatch.setattr(knock, "reason_not_to", only_signed_in)
    for name in ("of_clinic", "of_account"):
        monkeypatch.setattr(walls, name, lambda _column, _actor: true())
    for module in (people, scopes):
        monkeypatch.setattr(module, "relations_of", lambda *_: frozenset(Relation))


def rows(session) -> dict[str, int]:
    """How many rows of each table this session sees."""
    return {
        name: session.scalar(select(func.count()).select_from(METADATA.tables[name]))
        for name in LOCKED
    }


@pytest.mark.check("C-09")
@on_postgres
def test_where_no_clinic_is_named_nothing_is_there(visits, browsers, database):
    with database.reading() as session:
        assert set(rows(session).values()) == {0}


@pytest.mark.check("C-09")
@on_postgres
def test_what_one_clinic_sees_the_other_does_not(visits, browsers, database):
    seen_by = {}
    for clinic in (HARBOR.id, LAKESIDE.id, EVERY_CLINIC):
        with database.reading(clinic) as session:
            seen_by[clinic] = rows(session)
    for table in LOCKED:
        here, there = seen_by[HARBOR.id][table], seen_by[LAKESIDE.id][table]
        if isinstance(WHOSE[table], OfTheHouse):
            assert here == there == 0, table
        else:
            assert here + there <= seen_by[EVERY_CLINIC][table], table
    assert seen_by[HARBOR.id]["clinics"] == seen_by[LAKESIDE.id]["clinics"] == 1
    assert all(seen_by[LAKESIDE.id][name] for name in ("visits", "participants", "check_ins"))


@pytest.mark.check("C-09")
@on_postgres
def test_a_clinic_changes_nothing_of_another(visits, database):
    abroad = Visit.id == visits.abroad.id
    with database.transaction(HARBOR.id) as session:
        assert session.execute(update(Visit).where(abroad).values(next_step="x")).rowcount == 0
        assert session.execute(delete(Visit).where(abroad)).rowcount == 0
    for clinic in (HARBOR.id, None):
        theirs = {
            "clinic_id": LAKESIDE.id, "kind": "x", "for_role": "coordinator", "words": "x",
            "created_at": now(), "due_at": now(),
        }  # fmt: skip
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            database.transaction(clinic) as session,
        ):
            session.execute(insert(Task).values(**theirs))


@pytest.mark.check("C-09")
@on_postgres
def test_a_connection_forgets_whose_rows_it_saw(visits, database):
    with database.transaction(HARBOR.id) as session:
        assert session.scalar(select(func.count()).select_from(Visit))
    with database.engine.connect() as same_again:
        assert same_again.scalar(select(func.count()).select_from(Visit)) == 0


def theirs_to_read(answer) -> set[str]:
    """What Dr. Lind was told, without what her own patient wrote."""
    status, body, headers = answer
    return set(tells((status, body.replace(FROM_ABROAD.encode(), b""), headers)))


@pytest.mark.check("C-09")
@pytest.mark.parametrize(
    ("database_url", "holds"),
    [("postgres", True), ("sqlite", False)],
    indirect=["database_url"],
)
def test_the_second_lock_holds_alone(
    app, browsers, visits, the_first_lock_is_off, holds, record_property
):
    """Dr. Lind of another clinic asks every route for Morgan's; on SQLite she gets them all."""
    told, leaks = 0, set()
    for rule, method in routes(app):
        if method != "GET":
            continue
        for target in ("own", "neighbour"):
            answer = seen(
                ask(app, browsers[ELSEWHERE], rule, method, visits.targets()[target], {})
            )
            told += 1
            if theirs_to_read(answer) & {CANARY, MORGAN.name, ALEX.name}:
                leaks.add(rule.endpoint)
    record_property("figure", f"{told} pages with the first lock off, {len(leaks)} leaks")
    assert (leaks == set()) is holds, leaks


@on_postgres
def test_the_role_of_the_tests_is_as_ordinary_as_in_a_deployment(ask_database):
    me = "FROM pg_roles WHERE rolname = current_user"
    assert ask_database(f"SELECT NOT (rolsuper OR rolbypassrls) {me}")
    assert ask_database(
        "SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'visits'"
    )
