"""Define every message between a browser and the signaling server, once, in both directions."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

PROTOCOL_VERSION = 1
EVENT = "signal"

SDP_LIMIT = 32 * 1024
CANDIDATE_LIMIT = 1024
CANDIDATES_LIMIT = 8 * 1024
CANDIDATES_PER_NEGOTIATION = 64
NAME_LIMIT = 64

Name = Annotated[str, Field(min_length=1, max_length=NAME_LIMIT)]
Number = Annotated[int, Field(ge=0, lt=2**31)]
Seated = Literal["waiting", "admitted", "board"]

RefusedCode = Literal[
    "malformed",
    "too-fast",
    "not-admitted",
    "unknown-peer",
]
"""Answers to one message; the socket stays open."""


class MalformedMessage(Exception):
    """What arrived is not a message of this protocol."""


class Message(BaseModel):
    """Nothing extra, nothing coerced, nothing of the input in an error (T-37)."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True
    )


class Description(Message):
    """A WebRTC session description, as `RTCPeerConnection.localDescription` gives it."""

    type: Literal["offer", "answer"]
    sdp: Annotated[str, Field(max_length=SDP_LIMIT)]


class Candidate(Message):
    """One ICE candidate, as `RTCIceCandidate.toJSON()` gives it."""

    candidate: Annotated[str, Field(max_length=CANDIDATE_LIMIT)]
    sdpMid: Annotated[str, Field(max_length=NAME_LIMIT)] | None = None  # noqa: N815  (the browser's name)
    sdpMLineIndex: Annotated[int, Field(ge=0, le=65535)] | None = None  # noqa: N815  (the browser's name)
    usernameFragment: Annotated[str, Field(max_length=256)] | None = None  # noqa: N815  (the browser's name)


def _fits(candidates: list[Candidate]) -> list[Candidate]:
    if sum(len(each.candidate) for each in candidates) > CANDIDATES_LIMIT:
        raise ValueError("too many candidates in one message")
    return candidates


class PeerState(Message):
    """What a browser says about its own side of the call."""

    muted: bool
    camera: bool
    hidden: bool
    connected: bool


class Describe(Message):
    """An offer or an answer for one peer of the same visit."""

    type: Literal["describe"] = "describe"
    to: Name
    description: Description
    epoch: Number


class Candidates(Message):
    """ICE candidates gathered after the description went out, in batches."""

    type: Literal["candidates"] = "candidates"
    to: Name
    candidates: Annotated[
        list[Candidate],
        Field(min_length=1, max_length=CANDIDATES_PER_NEGOTIATION),
        AfterValidator(_fits),
    ]
    epoch: Number


class State(Message):
    """The sender's own microphone, camera, page and media state."""

    type: Literal["state"] = "state"
    muted: bool
    camera: bool
    hidden: bool
    connected: bool


class Expect(Message):
    """A host has just decided to let this one in: their offer, to answer while web decides."""

    type: Literal["expect"] = "expect"
    peer: Name


class Bye(Message):
    """The sender leaves on purpose; a lost connection is not a bye."""

    type: Literal["bye"] = "bye"


class IceServer(Message):
    """One STUN or TURN server, ready for `RTCConfiguration.iceServers`."""

    urls: list[str]
    username: str = ""
    credential: str = ""


class RosterPeer(Message):
    """One other admitted participant; `here` is false while their socket is lost."""

    peer: str
    role: str
    page: str
    seat: int
    state: PeerState
    here: bool


class RelayedDescribe(Message):
    """A description as its receiver sees it."""

    type: Literal["describe"] = "describe"
    description: Description
    epoch: int


class RelayedCandidates(Message):
    """Candidates as their receiver sees them."""

    type: Literal["candidates"] = "candidates"
    candidates: list[Candidate]
    epoch: int


class Welcome(Message):
    """The socket is seated: who you are here and whether you wait or may talk."""

    type: Literal["welcome"] = "welcome"
    version: int = PROTOCOL_VERSION
    self: str
    stage: Seated
    epoch: int
    seat: int


class Roster(Message):
    """Everybody else who is admitted, whole at each change, and whom you shall offer to.

    `offered` has the offer that came with your ticket: apply it, send none. `answer_to` is in
    by the offer that you hold since you said `expect`: answer it now.
    """

    type: Literal["roster"] = "roster"
    peers: list[RosterPeer]
    offer_to: list[str]
    offered: str | None = None
    answer_to: str | None = None


class Relayed(Message):
    """A message of another peer; the server, not the sender, says who it was."""

    type: Literal["relayed"] = "relayed"
    sender: str
    message: RelayedDescribe | RelayedCandidates


class Admitted(Message):
    """You may talk now; these are the relays for the call."""

    type: Literal["admitted"] = "admitted"
    ice_servers: list[IceServer]


class Moved(Message):
    """Your seat went to another page or device; this socket closes."""

    type: Literal["moved"] = "moved"


class Ended(Message):
    """The visit, or your part in it, is over; this socket closes."""

    type: Literal["ended"] = "ended"
    code: str


class Changed(Message):
    """Something you may see has changed; ask the web server what."""

    type: Literal["changed"] = "changed"


class Refused(Message):
    """Your last message had no effect."""

    type: Literal["refused"] = "refused"
    code: RefusedCode


FromBrowser = Describe | Candidates | State | Expect | Bye
ToBrowser = Welcome | Roster | Relayed | Admitted | Moved | Ended | Changed | Refused

FROM_BROWSER: tuple[type[Message], ...] = (Describe, Candidates, State, Expect, Bye)
TO_BROWSER: tuple[type[Message], ...] = (
    Welcome, Roster, Relayed, Admitted, Moved, Ended, Changed, Refused,
)  # fmt: skip

_door: TypeAdapter[FromBrowser] = TypeAdapter(
    Annotated[FromBrowser, Field(discriminator="type")],
    config=ConfigDict(hide_input_in_errors=True),
)


def parse_offer(raw: object) -> Description:
    """The offer that came with a ticket, or MalformedMessage and nothing else."""
    try:
        offer = Description.model_validate(raw)
    except (ValidationError, ValueError, TypeError, RecursionError):
        raise MalformedMessage from None
    if offer.type != "offer":
        raise MalformedMessage
    return offer


def parse(raw: object) -> FromBrowser:
    """The message in `raw`, or MalformedMessage and nothing else, whatever came in (T-31)."""
    try:
        return _door.validate_python(raw)
    except (ValidationError, ValueError, TypeError, RecursionError):
        raise MalformedMessage from None
