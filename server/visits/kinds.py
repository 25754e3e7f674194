"""The closed words of a visit: kinds (NUD-1), states (CLINICAL.md §3.5), roles, stages."""

from __future__ import annotations

from enum import StrEnum


class VisitKind(StrEnum):
    """NUD-1: the whole list. A dose has no kind here, so none can be scheduled or conducted."""

    SCREENING_EVAL = "SCREENING_EVAL"
    SCREENING_FOLLOWUP = "SCREENING_FOLLOWUP"
    CONSENT_DISCUSSION = "CONSENT_DISCUSSION"
    PREPARATION = "PREPARATION"
    INTEGRATION = "INTEGRATION"
    FOLLOW_UP = "FOLLOW_UP"
    MEASURES_REVIEW = "MEASURES_REVIEW"
    GUARDIAN_COLLATERAL = "GUARDIAN_COLLATERAL"
    CARE_COORDINATION = "CARE_COORDINATION"
    CRISIS_CHECKIN = "CRISIS_CHECKIN"
    TECH_CHECK = "TECH_CHECK"


#: What staff read; a patient reads "your visit".
KIND_WORDS = {
    VisitKind.SCREENING_EVAL: "Screening",
    VisitKind.SCREENING_FOLLOWUP: "Screening follow-up",
    VisitKind.CONSENT_DISCUSSION: "Consent talk",
    VisitKind.PREPARATION: "Preparation",
    VisitKind.INTEGRATION: "Integration",
    VisitKind.FOLLOW_UP: "Follow-up",
    VisitKind.MEASURES_REVIEW: "Measures review",
    VisitKind.GUARDIAN_COLLATERAL: "Guardian talk",
    VisitKind.CARE_COORDINATION: "Care coordination",
    VisitKind.CRISIS_CHECKIN: "Safety visit",
    VisitKind.TECH_CHECK: "Tech check",
}


class VisitState(StrEnum):
    """CLINICAL.md §3.5."""

    REQUESTED = "REQUESTED"
    BOOKED = "BOOKED"
    CONFIRMED = "CONFIRMED"
    PRECHECK = "PRECHECK"
    WAITING = "WAITING"
    IN_PROGRESS = "IN_PROGRESS"
    ENDED = "ENDED"
    DOCUMENTED = "DOCUMENTED"
    CANCELLED_PT = "CANCELLED_PT"
    CANCELLED_CLINIC = "CANCELLED_CLINIC"
    NO_SHOW = "NO_SHOW"
    TECH_FAILED = "TECH_FAILED"
    CONVERTED_SAFETY = "CONVERTED_SAFETY"
    ABORTED = "ABORTED"


#: A person may still come in.
OPEN_STATES = frozenset(
    {
        VisitState.BOOKED,
        VisitState.CONFIRMED,
        VisitState.PRECHECK,
        VisitState.WAITING,
        VisitState.IN_PROGRESS,
    }
)
CANCELLED_STATES = frozenset({VisitState.CANCELLED_PT, VisitState.CANCELLED_CLINIC})


class Role(StrEnum):
    """What a participant is in a visit; it limits what they see and may do (CLINICAL.md §7)."""

    PATIENT = "patient"
    GUARDIAN = "guardian"
    PSYCHIATRIST = "psychiatrist"
    THERAPIST = "therapist"
    TRAINEE = "trainee"
    INTERPRETER = "interpreter"
    SUPPORT_PERSON = "support_person"
    OBSERVER = "observer"
    COORDINATOR = "coordinator"


#: Staff who are in the room by right; everybody else waits until one of them agrees.
HOSTS = frozenset({Role.PSYCHIATRIST, Role.THERAPIST, Role.TRAINEE})

ROLE_WORDS = {
    Role.PATIENT: "Patient",
    Role.GUARDIAN: "Guardian",
    Role.PSYCHIATRIST: "Psychiatrist",
    Role.THERAPIST: "Therapist",
    Role.TRAINEE: "Trainee",
    Role.INTERPRETER: "Interpreter",
    Role.SUPPORT_PERSON: "Support person",
    Role.OBSERVER: "Observer",
    Role.COORDINATOR: "Coordinator",
}


class Stage(StrEnum):
    """How far one participant has come."""

    INVITED = "invited"
    WAITING = "waiting"
    ADMITTED = "admitted"
    REMOVED = "removed"


class Verdict(StrEnum):
    """What the device and connection test found, in one word."""

    OK = "ok"
    WEAK = "weak"
    AUDIO_ONLY = "audio-only"
    FAILED = "failed"
