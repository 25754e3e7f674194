"""C-38, T-10: what leaves the house for a patient's phone is one of a few neutral sentences."""

from __future__ import annotations

import inspect
import re

import pytest

from config.settings import SettingsRefused, WebSettings
from server.messages import letters
from server.messages.letters import Words
from server.messages.models import Channel, Letter
from server.messages.senders import Smtp
from tests.neutral import DENIED, TO_PATIENTS, TO_STAFF, is_allowed
from tests.unit.house.test_settings import WEB

pytestmark = pytest.mark.check("C-38")
SAMPLES = {
    "when": "Tuesday 24 November, 10:00, Denver time",
    "link": "https://visits.example/v/" + "x" * 43,
    "phone": "+13035550100",
    "address": "1200 Larimer Street",
    "reason": "safety-visit",
    "hours": 24,
    "device": "a phone",
    "network": "203.0.113.x",
}


def every_letter():
    for name, make in inspect.getmembers(letters, inspect.isfunction):
        if inspect.signature(make).return_annotation in (Words, "Words"):
            yield name, make(**{k: SAMPLES[k] for k in inspect.signature(make).parameters})


LETTERS = dict(every_letter())


def test_every_template_is_on_the_list_and_no_other():
    assert set(LETTERS) == TO_PATIENTS.keys() | TO_STAFF


@pytest.mark.parametrize("name", sorted(TO_PATIENTS))
def test_a_letter_to_a_patient_is_its_allowed_sentence(name):
    words = LETTERS[name]
    assert is_allowed(words.subject, words.body), name


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_no_letter_holds_a_denied_word(name):
    words = LETTERS[name]
    said = f"{words.subject}\n{words.body}".replace(SAMPLES["reason"], "")
    assert not DENIED.search(said)


def test_the_list_would_notice():
    body = LETTERS["cancelled"].body
    assert not is_allowed("Your appointment was cancelled", f"{body} Dr. Rivera is ill.")
    assert DENIED.search("See you at the infusion")


@pytest.mark.parametrize(
    ("sender", "starts"),
    [
        ("no-reply@visits.example", True),
        ("Appointments <hello@harbor.example>", True),
        ("Harbor Psychiatry <hello@harbor.example>", False),
        ("no-reply@ketamine.example", False),
    ],
)
def test_the_sender_is_neutral_or_nothing_starts(sender, starts):
    told = {**WEB, "MOORING_MAIL_FROM": sender}
    if starts:
        assert WebSettings.load(told).mail_from == sender
        return
    with pytest.raises(SettingsRefused, match="MOORING_MAIL_FROM"):
        WebSettings.load(told)


def test_a_mail_says_nothing_in_its_other_lines(monkeypatch):
    """From, To, Subject, an id of ours: no clinic, no program, no reply address."""
    sent = []

    class Post:
        def send_message(self, message):
            sent.append(message)

        def __enter__(self):
            return self

        def __exit__(self, *_how):
            return None

    road = Smtp("smtp://mail.example", "no-reply@visits.example")
    monkeypatch.setattr(road, "_connected", Post)
    words = LETTERS["visit_link"]
    road(
        Letter(id="1", channel=Channel.EMAIL, to="a@b.example", subject=words.subject,
               body=words.body)
    )  # fmt: skip
    names = {name.lower() for name in sent[0]}
    ours = {"from", "to", "subject", "message-id", "auto-submitted"}
    assert names <= ours | {"mime-version", "content-type", "content-transfer-encoding"}
    assert not DENIED.search(re.sub(r"\s", " ", str(sent[0])))
