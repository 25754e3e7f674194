"""From the rows of a visit to the facts its words are made from."""

from __future__ import annotations

import uuid
from datetime import datetime

from server.desk.words import Facts
from server.visits.day import VisitOfDay
from server.visits.kinds import ROLE_WORDS, Role, Stage
from server.visits.models import VisitMessage

#: pairs of account and state that a licence covers today
Licences = set[tuple[uuid.UUID, str]]


def of(each: VisitOfDay, licensed: Licences, now: datetime, *, silent: bool = False) -> Facts:
    """What the words are made from; while signaling is silent nobody is called gone by it."""
    visit, patient, said, test = each.visit, each.patient, each.check_in, each.test
    warm = patient.present_until is not None and (silent or patient.present_until > now)
    here = warm and patient.left_at is None
    state = said.state if said else ""
    return Facts(
        kind=visit.kind,
        state=visit.state,
        starts_at=visit.starts_at,
        began_at=visit.began_at,
        unattended=visit.unattended,
        outcome=visit.outcome,
        waiting_since=patient.waiting_since if patient.stage is Stage.WAITING else None,
        admitted=patient.stage is Stage.ADMITTED,
        here=here,
        left_at=patient.left_at or (patient.present_until if not here else None),
        running_late=patient.running_late_at is not None,
        new_browser=patient.new_browser_at is not None,
        checking_in=said is not None,
        checked_in=said is not None and said.completed_at is not None,
        state_code=state,
        place_withheld=bool(said and said.place_withheld),
        licensed=(visit.clinician_id, state) in licensed,
        private=said.private if said else "",
        answers=(said.driving, said.took_drug, said.alcohol, said.will_take) if said else (),
        support_reachable=said.support_reachable if said else "",
        consented=bool(said and said.consent_at),
        verdict=test.verdict if test else None,
        failed_leg=test.failed_leg if test else "",
    )


def writer_of(message: VisitMessage, each: VisitOfDay) -> str:
    """Who wrote, unless it was the patient: nobody else speaks in the patient's name (T-10)."""
    seat = next((seat for seat in each.seats if seat.id == message.participant_id), None)
    if seat is None or seat.role is Role.PATIENT:
        return ""
    return f"{seat.name}, {ROLE_WORDS[seat.role].lower()}"
