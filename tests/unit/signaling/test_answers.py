"""Web's answer is obeyed when it is web's, for this node and for this batch (C-06)."""

from __future__ import annotations

import json

import pytest
from joserfc.jwk import OKPKey
from pydantic import ValidationError

from signaling import tickets
from signaling.control import Obedience
from signaling.tickets import TicketRefused
from tests.unit.signaling.seating import NINE, a_ticket, cut, some_rooms

WEB, STRANGER = (OKPKey.generate_key("Ed25519") for _ in range(2))
for _key in (WEB, STRANGER):
    _key.ensure_kid()
OUT = {"do": "revoke", "room": None, "peer": "rivera", "said_at": NINE.timestamp()}


class Node:
    """One node with Dr. Rivera on it, and what it cuts."""

    def __init__(self) -> None:
        self.rooms = some_rooms()
        self.rooms.join(a_ticket("rivera"), "socket")
        self.cut: list[str] = []
        self.obedience = Obedience(
            keys=tickets.public_keys(json.dumps(WEB.as_dict(private=False))),
            node="n1",
            rooms=self.rooms,
            carry_out=lambda effects: self.cut.extend(cut(effects)),
        )


def an_answer(*orders, key=WEB, audience="answers", **claims) -> str:
    said = {"node": "n1", "answers": "batch-7", "orders": list(orders or [OUT]), **claims}
    return tickets.sign_claims(said, key, audience=audience, now=NINE)


def test_whoever_web_names_is_cut():
    node = Node()
    node.obedience.answer(an_answer(), asked="batch-7", now=NINE)
    assert node.cut == ["socket"]


@pytest.mark.check("C-06")
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (an_answer(key=STRANGER), "bad-ticket"),
        (an_answer(audience="control"), "wrong-audience"),
        (an_answer(node="n2"), "wrong-node"),
        (an_answer(answers="batch-6"), "bad-ticket"),
        ("a.b.c", "bad-ticket"),
        ("x" * (tickets.CLAIMS_LIMIT + 1), "bad-ticket"),
    ],
)
def test_an_answer_of_somebody_else_or_to_something_else_cuts_nobody(answer, code):
    node = Node()
    with pytest.raises(TicketRefused, match=code):
        node.obedience.answer(answer, asked="batch-7", now=NINE)
    assert node.cut == []


def test_an_answer_is_not_an_order_and_no_order_is_an_answer():
    node = Node()
    with pytest.raises(TicketRefused, match="wrong-audience"):
        node.obedience.order(an_answer(), now=NINE)
    with pytest.raises(ValidationError):
        node.obedience.order(an_answer(audience="control"), now=NINE)
    assert node.cut == []


@pytest.mark.parametrize(("late", "stays"), [(0, False), (2, False), (3, True)])
def test_a_ticket_given_after_the_revocation_is_a_good_one(late, stays):
    """A person signed out in one browser comes back in another, and no late order cuts that."""
    node = Node()
    fresh = a_ticket("rivera", at=NINE.replace(second=late), page="elsewhere")
    node.rooms.join(fresh, "fresh")
    node.obedience.answer(an_answer(), asked="batch-7", now=NINE.replace(second=29))
    assert node.cut == ([] if stays else ["fresh"])


def test_all_that_one_person_has_open_goes_by_one_order():
    node = Node()
    for page in ("one", "two"):
        board = a_ticket("b-rivera", room="board-1", stage="board", page=page)
        node.rooms.join(board, page)
    order = {"do": "revoke", "room": None, "peers": ["rivera", "b-rivera"]}
    node.obedience.order(
        tickets.sign_claims({**order, "node": "n1"}, WEB, audience="control", now=NINE),
        now=NINE,
    )
    assert sorted(node.cut) == ["one", "socket", "two"]
