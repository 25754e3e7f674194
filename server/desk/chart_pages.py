"""What the chart's tabs show, in words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from config.policy import Policy
from server.access.actor import Actor
from server.chart import service as chart
from server.desk import clock, readiness, strip, words
from server.desk.facts import of as facts_of
from server.desk.strip import Strip
from server.desk.words import Chip
from server.errors import NotFound
from server.people import queries as people
from server.people import rosters
from server.risk.service import LocalHelp
from server.signals import service as signals
from server.signals.policy import without
from server.visits import attest
from server.visits import day as visits
from server.visits.day import VisitOfDay
from server.visits.ending import OUTCOMES, TECHNICAL_OUTCOMES
from server.visits.measurements import DeviceTest
from server.visits.models import CheckIn, Visit
from server.visits.reading import Reading

SAID = {"yes": "Yes", "no": "No", "tell-doctor": "Would rather tell you", "": "Not answered"}


@dataclass(frozen=True)
class Answer:
    """One thing the patient said, and whether it needs a look."""

    question: str
    answer: str
    tone: str = ""


@dataclass(frozen=True)
class Overview:
    """The first tab."""

    name: str
    born: str
    age: int
    phone: str
    email: str
    language: str
    veteran: bool
    strip: Strip
    answers: Sequence[Answer]
    with_whom: str
    flags: Sequence[Chip]
    test: Sequence[tuple[str, str]]
    attested: Sequence[Answer]
    numbers: LocalHelp | None
    past: Sequence[Past]


@dataclass(frozen=True)
class Past:
    """An earlier visit, in a line."""

    id: uuid.UUID
    when: str
    kind: str
    clinician: str
    outcome: str
    line: str
    next_step: str
    note: str


def overview(session: Session, read: Reading, times: Policy, *, now: datetime) -> Overview:
    """Who this is, what they said, how their devices are."""
    visit = read.visit
    found = visits.with_people(session, [visit])
    if not found:
        raise NotFound
    each = found[0]
    patient = people.patient(session, visit.patient_id)
    zone = people.clinic(session, visit.clinic_id).timezone
    licensed = rosters.licensed(session, [visit.clinician_id], now.date())
    facts = facts_of(each, licensed, now)
    return Overview(
        name=patient.name,
        born=clock.born(patient.born_on),
        age=words.age(patient.born_on, clock.local(now, zone).date()),
        phone=patient.phone,
        email=patient.email,
        language=patient.language,
        veteran=patient.veteran,
        strip=strip.strip_of(each, patient, facts, zone),
        answers=_answers(each.check_in),
        with_whom=_with_whom(session, each),
        flags=readiness.flags(facts),
        test=_test(each.test),
        attested=_attested(visit),
        numbers=strip.numbers_of(session, each.check_in),
        past=_past(session, visit, {})[:4],
    )


def history(session: Session, actor: Actor, read: Reading, *, now: datetime) -> Sequence[Past]:
    """All earlier visits, with the reader's own drafts; in an emergency without any (T-07)."""
    earlier = visits.past_visits(session, read.visit.patient_id, read.visit)
    texts = {} if read.emergency else chart.own_texts(session, actor, earlier, now=now)
    return _past(session, read.visit, texts)


def _with_whom(session: Session, each: VisitOfDay) -> str:
    """What they wrote about who is with them; a code word in it is for nobody's eyes (T-10)."""
    agreed = signals.code_word_of(session, each.visit.patient_id)
    written = each.check_in.with_whom if each.check_in else ""
    return without(agreed.words, written) if agreed else written


def _past(session: Session, visit: Visit, texts: Mapping[uuid.UUID, str]) -> Sequence[Past]:
    earlier = visits.past_visits(session, visit.patient_id, visit)
    names = rosters.clinicians(session, {each.clinician_id for each in earlier})
    zone = people.clinic(session, visit.clinic_id).timezone
    lines = []
    for each in earlier:
        doctor = names.get(each.clinician_id)
        at = clock.local(each.starts_at, zone)
        lines.append(
            Past(
                id=each.id,
                when=f"{clock.day(at.date())} {at.year}, {at:%H:%M}",
                kind=words.kind_words(each.kind, clinical=True),
                clinician=doctor.short_name if doctor else "",
                outcome=OUTCOMES.get(each.outcome, "") or words.over_words(each.state),
                line=TECHNICAL_OUTCOMES.get(each.technical_outcome, ""),
                next_step=each.next_step,
                note=texts.get(each.id, ""),
            )
        )
    return lines


def _answers(said: CheckIn | None) -> Sequence[Answer]:
    if said is None:
        return ()
    asked = (
        ("Private place", said.private, "no"),
        ("Driving now", said.driving, "yes"),
        ("Ketamine in the last 24 hours", said.took_drug, "yes"),
        ("Alcohol or drugs today", said.alcohol, "yes"),
        ("Will take something in the visit", said.will_take, "yes"),
        ("Support person reachable", said.support_reachable, "no"),
    )
    return [Answer(question, SAID.get(a, a), _tone(a, bad)) for question, a, bad in asked]


def _tone(answer: str, bad: str) -> str:
    if answer == bad:
        return "alarm"
    return "care" if answer in ("tell-doctor", "") else ""


def _test(test: DeviceTest | None) -> Sequence[tuple[str, str]]:
    if test is None:
        return ()
    figures = (
        ("Verdict", test.words or test.verdict.value),
        ("Camera", test.camera),
        ("Microphone", test.microphone),
        ("Speaker", test.speaker),
        ("Round trip", f"{test.rtt_ms:.0f} ms" if test.rtt_ms is not None else ""),
        ("Loss out, back", _loss(test)),
        ("Direct road", test.direct),
        ("Relay road", test.relay),
    )
    return [(name, value) for name, value in figures if value]


def _loss(test: DeviceTest) -> str:
    if test.loss_up is None or test.loss_down is None:
        return ""
    return f"{test.loss_up:.1f} %, {test.loss_down:.1f} %"


def _attested(visit: Visit) -> Sequence[Answer]:
    told = (visit.attestation or {}).get("answers", {})
    return [
        Answer(question, "Confirmed" if told[name] == "confirmed" else f"Unable: {told[name]}",
               "" if told[name] == "confirmed" else "care")
        for name, question in attest.STATEMENTS.items()
        if name in told
    ]  # fmt: skip
