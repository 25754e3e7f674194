"""Who may do what, as data (CLINICAL.md §7, ROLE-1...6); what is not written is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.access.actor import NOBODY, Actor, ActorKind
from server.access.permissions import (
    NO_RELATION,
    NOT_SIGNED_IN,
    NOT_THEIR_ROLE,
    PERMISSIONS,
    STAFF_ROLES,
    VISITORS,
    Relation,
    reason_not_to,
    relations_of,
)
from server.doors import door
from server.identity.models import StaffRole
from server.people.models import CompanionKind

SERVER = Path(__file__).parents[3] / "server"
CLINICAL = (
    "chart:",
    "note:",
    "visit:work",
    "visit:conduct",
    "emergency:open",
    "emergency:read",
)


def staff(role: str) -> Actor:
    return Actor(ActorKind.STAFF, role=role)


def may(role: str) -> set[str]:
    return {tag for tag in PERMISSIONS if relations_of(staff(role), tag)}


def test_every_role_of_the_house_is_known_here():
    assert {role.value for role in StaffRole} == STAFF_ROLES
    assert {kind.value for kind in CompanionKind} | {"patient"} == VISITORS


@pytest.mark.parametrize(
    "role", ["coordinator", "clinic_admin", "auditor", "site_nurse", "site_prescriber"]
)
def test_whoever_does_not_treat_reads_nothing_clinical(role):
    """T-04, ROLE-4: there is no permission, so there is nothing to forget."""
    assert {tag for tag in may(role) if tag.startswith(CLINICAL)} == set()


def test_a_trainee_may_do_what_a_therapist_may_but_for_what_is_answered_for_by_name():
    """ROLE-5: signs nothing, opens no record in an emergency, steps into no safety visit."""
    less = may("therapist") - may("trainee")
    assert may("trainee") <= may("therapist")
    signed = {"visit:step-in", "visit:attest"}
    assert all(tag in signed or tag.startswith("emergency:") for tag in less)


def test_a_link_opens_its_own_visit_and_a_call_grant_the_call():
    """T-17, C-05: neither is a key to anything else."""
    for tag, lines in PERMISSIONS.items():
        kinds = {line.kind for line in lines}
        if kinds == set(ActorKind):
            continue
        if kinds & {ActorKind.LINK, ActorKind.UNCONFIRMED}:
            assert tag.startswith("own-"), f"{tag} is open to a link"
        if ActorKind.GRANT in kinds:
            assert tag == "visit:join"


@given(
    st.sampled_from(sorted(PERMISSIONS)),
    st.sampled_from(sorted(ActorKind)),
    st.sampled_from([*sorted(STAFF_ROLES | VISITORS), "", "root"]),
    st.frozensets(st.sampled_from(sorted(Relation))),
)
def test_only_a_line_of_the_data_lets_somebody_do_it(tag, kind, role, facts):
    lines = [line for line in PERMISSIONS[tag] if line.kind is kind]
    theirs = [line for line in lines if line.roles is None or role in line.roles]
    tied = [x for x in theirs if Relation.NONE in x.relations or x.relations & facts]
    reason = reason_not_to(Actor(kind, role=role), tag, facts)
    expected = None if tied else NO_RELATION if theirs else NOT_THEIR_ROLE
    assert reason == (expected if lines else NOT_SIGNED_IN)


def test_nobody_may_do_nothing_that_needs_a_name():
    for tag, lines in PERMISSIONS.items():
        is_open = all(line.roles is None for line in lines)
        assert (reason_not_to(NOBODY, tag) is None) is is_open


def test_a_door_without_a_known_permission_is_not_built():
    with pytest.raises(LookupError, match="permissions"):
        door("chart:raed")


def test_every_permission_is_asked_for_somewhere():
    """A line nobody asks for is a promise nobody keeps."""
    source = "".join(
        path.read_text() for path in SERVER.rglob("*.py") if path.name != "permissions.py"
    )
    spelled = source.replace('f"own-visit:{verb}"', '"own-visit:join" "own-visit:test"')
    spelled = spelled.replace('f"visit:{verb}"', '"visit:join" "visit:test"')
    asked = set(re.findall(r'"([a-z-]+:[a-z-]+)"', spelled))
    assert set(PERMISSIONS) - asked == set()
