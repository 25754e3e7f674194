"""A draft note: no acknowledged word is lost, no retry makes a second version (R-06, R-07)."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from config.policy import policy
from server.chart import service
from server.visits import conversion
from tests.actors import staff
from tests.people import DR_LIND, DR_OSEI, DR_RIVERA, JORDAN_LEE, SAM_WHITFIELD

RIVERA = staff(DR_RIVERA)


def _saving(text: str, revision: int = 0, key: str = "") -> dict[str, object]:
    return {"text": text, "revision": revision, "key": key or uuid.uuid4().hex}


@pytest.fixture
def note(as_staff, a_visit):
    """The address of the note of a visit, and the browser of who writes it."""
    visit = a_visit()
    return as_staff(DR_RIVERA), f"/visits/{visit.id}/note"


def test_a_save_is_answered_with_the_next_revision(note):
    browser, url = note
    answer = browser.put(url, _saving("Oriented."))
    assert (answer.status_code, answer.json["revision"]) == (200, 1)
    assert datetime.fromisoformat(answer.json["saved_at"]).tzinfo is not None


def test_the_page_starts_with_what_was_saved(note):
    browser, url = note
    browser.put(url, _saving("Slept seven <b>hours</b>."))
    page = browser.get(url.removesuffix("/note")).text
    assert "Slept seven &lt;b&gt;hours&lt;/b&gt;." in page  # T-21
    assert 'data-revision="1"' in page


def test_a_retry_is_answered_again_and_saved_once(note, ask_database):
    browser, url = note
    saving = _saving("Once.")
    first, again = browser.put(url, saving), browser.put(url, saving)
    assert first.json["revision"] == again.json["revision"] == 1
    assert ask_database("SELECT count(*) FROM audit_rows WHERE action = 'note:save'") == 1


def test_a_conflict_carries_both_texts(note):
    browser, url = note
    browser.put(url, _saving("From this window."))
    late = browser.put(url, _saving("From the other window."))
    assert late.status_code == 409
    assert late.json["error"]["code"] == "note-conflict"
    assert late.json["theirs"] == {"text": "From this window.", "revision": 1}
    chosen = browser.put(url, _saving("Both.", revision=1))
    assert chosen.json["revision"] == 2


@pytest.mark.parametrize(
    "reader", [DR_LIND, DR_OSEI, JORDAN_LEE], ids=["other clinic", "no relation", "front desk"]
)
def test_a_stranger_cannot_tell_a_note_from_nothing(note, as_staff, ask_database, reader):
    """C-08, T-04, T-08: the note of a visit answers like the note of a random id."""
    browser, url = note
    browser.put(url, _saving("canary"))
    stranger = as_staff(reader)
    real = stranger.put(url, _saving("mine", revision=1))
    random = stranger.put(f"/visits/{uuid.uuid4()}/note", _saving("mine", revision=1))
    assert real.status_code == random.status_code == 404
    assert real.json == random.json
    assert ask_database("SELECT text FROM draft_notes") == "canary"


def test_a_treating_colleague_writes_a_note_of_their_own(note, as_staff, ask_database):
    browser, url = note
    browser.put(url, _saving("Hers."))
    assert as_staff(SAM_WHITFIELD).put(url, _saving("His.")).json["revision"] == 1
    assert ask_database("SELECT count(*) FROM draft_notes") == 2


@pytest.mark.parametrize(
    "saving",
    [
        None,
        [],
        {"text": "x"},
        {"text": 1, "revision": 0, "key": "k" * 16},
        {"text": "x", "revision": -1, "key": "k" * 16},
        {"text": "x", "revision": 0, "key": "short"},
        {"text": "x", "revision": 0, "key": "k" * 16, "author": "somebody"},
        {"text": "x" * 50_001, "revision": 0, "key": "k" * 16},
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(note, saving):
    browser, url = note
    answer = browser.put(url, saving)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "invalid")
    assert answer.json["error"]["message"]


def test_a_note_cannot_be_written_from_another_site(note):
    browser, url = note
    headers = {"Origin": "https://elsewhere.test", "X-Mooring": "1"}
    assert browser.raw("PUT", url, json=_saving("x"), headers=headers).status_code == 403


def test_twenty_equal_saves_at_once_are_one_version(a_visit, transaction):
    """R-07."""
    visit, key = a_visit(), uuid.uuid4().hex

    def save(_: int) -> int:
        with transaction() as session:
            now = datetime.now(UTC)
            kept = service.save(session, RIVERA, visit.id, "The same.", 0, key, now=now)
            return kept.revision

    with ThreadPoolExecutor(8) as many:
        assert set(many.map(save, range(20))) == {1}


def test_of_many_different_saves_on_one_revision_exactly_one_is_kept(a_visit, transaction):
    visit, theirs = a_visit(), []

    def save(n: int) -> str:
        try:
            with transaction() as session:
                now = datetime.now(UTC)
                text = f"Version {n}"
                service.save(session, RIVERA, visit.id, text, 0, uuid.uuid4().hex, now=now)
                return text
        except service.NoteConflict as refused:
            theirs.append(refused.facts["theirs"]["revision"])
            return ""

    with ThreadPoolExecutor(8) as many:
        kept = [text for text in many.map(save, range(12)) if text]
    with transaction() as session:
        draft = service.read(session, RIVERA, visit.id, now=datetime.now(UTC))
    assert kept == [draft.text]
    assert theirs == [1] * 11


def test_the_history_shows_the_readers_own_words_and_follows_a_conversion(
    as_staff, a_visit, transaction, ask_database
):
    before, now = a_visit(starts_in=timedelta(days=-3)), datetime.now(UTC)
    as_staff(DR_RIVERA).put(f"/visits/{before.id}/note", _saving("Slept well that week."))
    with transaction() as session:
        conversion.to_safety_visit(
            session, RIVERA, before.id, "NUD-9", policy(), base_url="https://x", now=now
        )
    page = f"/visits/{a_visit(starts_in=timedelta(hours=1)).id}/chart/history"
    assert as_staff(DR_RIVERA).get(page).text.count("Slept well that week.") == 2
    assert ask_database("SELECT count(*) FROM audit_rows WHERE action = 'note:read'") == 2
    assert "Slept well" not in as_staff(SAM_WHITFIELD).get(page).text


def test_whoever_is_only_in_this_visit_reads_the_history_without_notes(as_staff, a_visit):
    """The clinician on call has a seat in no visit of before, and is needed in this one."""
    before = a_visit(starts_in=timedelta(days=-3))
    as_staff(DR_RIVERA).put(f"/visits/{before.id}/note", _saving("Slept well that week."))
    visit = a_visit(also=(DR_OSEI,))
    page = as_staff(DR_OSEI).get(f"/visits/{visit.id}/chart/history")
    assert page.status_code == 200
    assert "Follow-up" in page.text
    assert "Slept well" not in page.text
