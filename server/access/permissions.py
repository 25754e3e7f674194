"""Who may do what: every permission as data, and the one question asked of it; pure.

A door names a permission and so does the query that loads: who may knock, and what must tie
them to the thing they ask for, are read from the same line (CLINICAL.md §7, ROLE-1...6).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.access.actor import Actor, ActorKind


class Relation(StrEnum):
    """What must tie somebody to the thing they ask for."""

    NONE = "none"  # nothing: it is nobody's
    CLINIC = "clinic"  # it belongs to their clinic
    TREATS = "treats"  # they treat the patient it is about
    SEAT = "seat"  # they have a seat in that visit, and were not taken out of it
    OWN = "own"  # it is their own
    EMERGENCY = "emergency"  # they opened the record in an emergency, and the hour lasts


@dataclass(frozen=True)
class May:
    """One group of people and the ties of which any one is enough."""

    kind: ActorKind
    #: None is any role of that kind
    roles: frozenset[str] | None
    relations: frozenset[Relation]


#: CLINICAL.md §7, with ROLE-1 (site_prescriber) and ROLE-5: a trainee does what a therapist
#: does and signs nothing
SIGNING = frozenset({"psychiatrist", "therapist"})
CLINICIANS = SIGNING | {"trainee"}
DESK = frozenset({"coordinator"})
STAFF_ROLES = CLINICIANS | DESK | {"site_nurse", "site_prescriber", "clinic_admin", "auditor"}
VISITORS = frozenset({"patient", "guardian", "interpreter", "support_person", "observer"})

NOT_SIGNED_IN = "not-signed-in"
NOT_THEIR_ROLE = "role"
NO_RELATION = "relation"


def _anyone() -> tuple[May, ...]:
    return tuple(May(kind, None, frozenset({Relation.NONE})) for kind in ActorKind)


def _staff(roles: Collection[str], *relations: Relation) -> May:
    return May(ActorKind.STAFF, frozenset(roles), frozenset(relations))


def _grant(roles: Collection[str]) -> May:
    return May(ActorKind.GRANT, frozenset(roles), frozenset({Relation.SEAT}))


def _link(roles: Collection[str] = VISITORS, kind: ActorKind = ActorKind.LINK) -> May:
    return May(kind, frozenset(roles), frozenset({Relation.SEAT}))


_CLINIC, _TREATS, _SEAT, _OWN = Relation.CLINIC, Relation.TREATS, Relation.SEAT, Relation.OWN

#: permission -> who may. Whoever is not in a line may not: there is no other place to look.
PERMISSIONS: Mapping[str, tuple[May, ...]] = {
    # nobody has to say who they are
    "page:public": _anyone(),
    "session:sign-in": _anyone(),
    "link:open": _anyone(),
    "demo:use": _anyone(),
    "house:claim": _anyone(),  # signed by a process of ours, which the door checks itself
    # by a personal link: this one visit and nothing else (T-17)
    "own-visit:come": (_link(), _link(kind=ActorKind.UNCONFIRMED)),
    "own-visit:check-in": (_link(),),
    "own-visit:test": (_link(),),
    "own-visit:join": (_link(),),
    "own-visit:say": (_link(),),
    # of themselves
    "session:sign-out": (_staff(STAFF_ROLES, _OWN),),
    "set-up:test": (_staff(STAFF_ROLES, _OWN),),
    "session:own": (_staff(STAFF_ROLES, _OWN),),
    "password:set": _anyone(),  # by a link that works once
    # accounts, and never what is in a record (CLINICAL.md §7)
    "people:read": (_staff({"clinic_admin", "auditor"}, _CLINIC),),
    "people:manage": (_staff({"clinic_admin"}, _CLINIC),),
    "clinic:manage": (_staff({"clinic_admin"}, _CLINIC),),
    # a visit
    "day:read": (_staff(CLINICIANS, _SEAT),),
    "day:listen": (_staff(CLINICIANS | DESK, _CLINIC),),
    "visit:join": (_staff(CLINICIANS | DESK, _SEAT), _grant(CLINICIANS | DESK)),
    "visit:test": (_staff(CLINICIANS | DESK, _SEAT),),
    "visit:work": (_staff(CLINICIANS, _TREATS, _SEAT),),
    "visit:admit": (_staff(CLINICIANS, _SEAT),),
    "visit:conduct": (_staff(CLINICIANS, _SEAT),),
    "visit:attest": (_staff(SIGNING, _SEAT),),  # the start of therapy, by name (NUD-8)
    "visit:convert": (_staff(CLINICIANS, _SEAT),),
    "visit:end": (_staff(CLINICIANS, _SEAT),),
    "visit:write": (_staff(CLINICIANS, _SEAT), _staff(DESK, _CLINIC)),
    # who answers for a minor, how a patient may be reached; consent and forms are a clinician's
    "family:arrange": (_staff(CLINICIANS, _TREATS, _SEAT), _staff(DESK, _CLINIC)),
    # what a patient tells us unseen (A0): for those who treat, never in an emergency (T-10)
    "code-word:agree": (_staff(CLINICIANS, _TREATS, _SEAT),),
    "signal:see": (_staff(CLINICIANS, _TREATS, _SEAT),),
    "visit:arrange": (_staff(CLINICIANS, _SEAT), _staff(DESK, _CLINIC)),
    "visit:step-in": (_staff(SIGNING, _CLINIC),),  # of a safety visit alone (NUD-9)
    "visit:book": (_staff(CLINICIANS, _TREATS), _staff(DESK, _CLINIC)),
    "board:use": (_staff(DESK, _CLINIC),),
    "task:take": (_staff(CLINICIANS | DESK, _CLINIC),),
    # the record (T-08)
    "chart:read": (_staff(CLINICIANS, _TREATS, _SEAT), _staff(SIGNING, Relation.EMERGENCY)),
    "note:write": (_staff(CLINICIANS, _TREATS, _SEAT),),
    # break-glass: one record, read-only; never a trainee (CLINICAL.md §7, T-07)
    "emergency:open": (_staff(SIGNING, _CLINIC),),
    "emergency:read": (_staff(SIGNING, Relation.EMERGENCY),),
    "emergency:close": (_staff(SIGNING, _OWN),),
    "emergency:review": (_staff({"auditor"}, _CLINIC),),
    # the record of who did what, in metadata alone
    "audit:read": (_staff({"auditor"}, _CLINIC),),
    "audit:export": (_staff({"auditor"}, _CLINIC),),
    # who opened a record: for its patient, and for whoever answers the patient (T-08)
    "record:who-looked": (_staff({"auditor"}, _CLINIC),),
    "own-record:who-looked": (_link({"patient"}),),
}


def kinds_of(permission: str) -> frozenset[ActorKind]:
    """By which doors people with this permission come."""
    return frozenset(may.kind for may in PERMISSIONS[permission])


def roles_of(permission: str) -> frozenset[str]:
    """Every role with this permission; none where any role will do."""
    return frozenset(role for may in PERMISSIONS[permission] for role in may.roles or ())


def relations_of(actor: Actor, permission: str) -> frozenset[Relation]:
    """The ties of which one is enough for this actor; none means they may not at all."""
    return frozenset(
        relation
        for may in PERMISSIONS[permission]
        if may.kind is actor.kind and (may.roles is None or actor.role in may.roles)
        for relation in may.relations
    )


def reason_not_to(
    actor: Actor, permission: str, facts: Collection[Relation] | None = None
) -> str | None:
    """Why this actor may not, or None; `facts` are their ties to the thing, once it is known.

    At the door nothing is known of it yet; the query that loads it asks for the tie.
    """
    if actor.kind not in kinds_of(permission):
        return NOT_SIGNED_IN
    enough = relations_of(actor, permission)
    if not enough:
        return NOT_THEIR_ROLE
    if facts is None or Relation.NONE in enough or not enough.isdisjoint(facts):
        return None
    return NO_RELATION
