"""Whether a visit is ready: devices, connection, check-in, and what needs a look; pure."""

from __future__ import annotations

from server.desk.words import Chip, Facts, is_open
from server.visits.kinds import Verdict


def readiness(facts: Facts) -> list[Chip]:
    """Devices, connection, check-in and what needs a look: for the treating clinician."""
    return [*neutral_readiness(facts), *flags(facts)]


def neutral_readiness(facts: Facts) -> list[Chip]:
    """The part a coordinator may read (ROLE-4)."""
    if not is_open(facts):
        return []
    chips = [_devices(facts)]
    if facts.checked_in:
        chips.append(Chip("Check-in done", "calm"))
    elif facts.checking_in:
        chips.append(Chip("Check-in begun"))
    if facts.checked_in and not facts.consented:
        chips.append(Chip("Consent open", "care"))
    chips += _place(facts)
    if facts.new_browser:
        chips.append(Chip("New browser", "care"))
    return chips


def _devices(facts: Facts) -> Chip:
    legs = {
        "camera": "No camera",
        "microphone": "No microphone",
        "connection": "Connection failed",
        "relay": "Relay failed",
    }
    match facts.verdict:
        case None:
            return Chip("Devices not tested")
        case Verdict.OK:
            return Chip("Devices and line good", "calm")
        case Verdict.WEAK:
            return Chip("Weak connection", "care")
        case Verdict.AUDIO_ONLY:
            return Chip("Sound only", "care")
        case Verdict.FAILED:
            return Chip(legs.get(facts.failed_leg, "Device test failed"), "alarm")


def _place(facts: Facts) -> list[Chip]:
    if not (facts.checked_in or facts.checking_in or facts.admitted):
        return []
    if facts.place_withheld or (facts.checked_in and not facts.state_code):
        return [Chip("Place missing", "alarm")]
    if facts.state_code and not facts.licensed:
        return [Chip(f"No licence in {facts.state_code}", "alarm")]
    return []


def flags(facts: Facts) -> list[Chip]:
    """What the patient said that a clinician must see first (NUD-8, TEL-5, TEL-6)."""
    said = [
        ("driving", "Says: driving", "alarm"),
        ("took_drug", "Says: took ketamine, 24 h", "alarm"),
        ("alcohol", "Says: alcohol or drugs today", "alarm"),
        ("will_take", "Says: will take something", "alarm"),
    ]
    chips = [
        Chip(words, tone)
        for (_name, words, tone), answer in zip(said, facts.answers, strict=False)
        if answer == "yes"
    ]
    if "tell-doctor" in facts.answers or facts.private == "tell-doctor":
        chips.append(Chip("Wants to tell the doctor", "care"))
    if facts.private == "no":
        chips.append(Chip("Not alone or not private", "care"))
    if facts.support_reachable == "no":
        chips.append(Chip("Nobody nearby to call", "care"))
    return chips
