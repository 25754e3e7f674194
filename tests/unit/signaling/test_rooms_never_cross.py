"""Two visits, anything in any order: nothing crosses, nobody waiting learns of a room."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from signaling import protocol
from signaling.seats import Cut, Delivery, Report
from signaling.tickets import TicketRefused
from tests.unit.signaling.seating import (
    NINE,
    RELAY,
    a_ticket,
    an_order,
    candidates,
    describe,
    some_rooms,
    state,
)  # fmt: skip

PEOPLE = st.sampled_from(["rivera", "morgan", "sam", "ana", "linh"])
ROOMS = st.sampled_from(["morgan", "robin"])
STAGES = st.sampled_from(["waiting", "admitted", "board"])
LINE = "candidate:1 1 udp 1 203.0.113.5 5000 typ host"
OFFER = protocol.Description(type="offer", sdp="v=0\r\n")
ANYBODY = PEOPLE | st.from_regex(r"socket-[0-9]", fullmatch=True)
MESSAGES = st.one_of(
    st.builds(describe, ANYBODY, kind=st.sampled_from(["offer", "answer"]),
              epoch=st.sampled_from([1, 1, 1, 2])),
    st.builds(candidates, ANYBODY, st.just(LINE)),
    st.builds(state, muted=st.booleans()),
    st.just(protocol.Bye()),
)  # fmt: skip
ORDERS = st.sampled_from(
    ["admit", "park", "remove", "move", "end", "change", "revoke", "rehome"]
)


class TwoVisits(RuleBasedStateMachine):
    """Keeps its own, much simpler idea of who sits where and who may hear what."""

    sockets = Bundle("sockets")

    def __init__(self):
        super().__init__()
        self.rooms = some_rooms()
        self.now = NINE
        self.count = 0
        self.room_of: dict[str, str] = {}
        self.stage_of: dict[str, str] = {}
        self.peer_of: dict[str, str] = {}
        self.hosts: set[str] = set()
        self.open: set[str] = set()

    def watch(self, effects, *, rooms):
        for effect in effects:
            if isinstance(effect, Report):
                assert effect.seat.ticket.room in rooms
                if effect.seat.socket in self.stage_of:
                    self.stage_of[effect.seat.socket] = effect.seat.stage
            elif isinstance(effect, Cut):
                assert effect.socket in self.open
                self.open.discard(effect.socket)
            elif isinstance(effect, Delivery):
                self.heard(effect, rooms)

    def heard(self, delivery, rooms):
        socket, message = delivery.to, delivery.message
        assert socket in self.open, "nothing is sent to a socket that is gone"
        assert self.room_of[socket] in rooms, "nothing crosses between visits"
        if isinstance(message, protocol.Admitted):
            self.stage_of[socket] = "admitted"
        if isinstance(message, protocol.Welcome):
            self.stage_of[socket] = message.stage
        if isinstance(message, protocol.Roster | protocol.Relayed):
            assert self.stage_of[socket] == "admitted", "who waits learns nothing of the room"
        if isinstance(message, protocol.Relayed) and socket not in self.hosts:
            assert self.is_inside(message.sender, self.room_of[socket])
        if isinstance(message, protocol.Roster):
            assert set(message.offer_to) <= {p.peer for p in message.peers}
            assert message.offered is None or message.offered not in message.offer_to

    def is_inside(self, peer, room):
        mine = {s for s in self.open if (self.peer_of[s], self.room_of[s]) == (peer, room)}
        return any(self.stage_of[socket] == "admitted" for socket in mine)

    @rule(target=sockets, peer=PEOPLE, room=ROOMS, stage=STAGES, seat=st.integers(1, 2),
          page=st.sampled_from(["a", "b"]), offer=st.none() | st.just(OFFER),
          host=st.booleans())  # fmt: skip
    def join(self, peer, room, stage, seat, page, offer, host):
        self.count += 1
        socket = f"socket-{self.count}"
        room = f"board-{room}" if stage == "board" else room
        claims = {"room": room, "stage": stage, "seat": seat, "page": page, "host": host}
        ticket = a_ticket(peer, at=self.now, **claims)
        self.room_of[socket], self.stage_of[socket] = room, stage
        self.peer_of[socket] = peer
        self.hosts |= {socket} if host else set()
        self.open.add(socket)
        try:
            self.watch(self.rooms.join(ticket, socket, offer), rooms={room})
        except TicketRefused:
            self.open.discard(socket)
        return socket

    @rule(socket=sockets, message=MESSAGES)
    def speak(self, socket, message):
        before = self.stage_of[socket]
        effects = self.rooms.hear(socket, message)
        if socket not in self.open:
            assert effects == []
        if before != "admitted" or isinstance(message, protocol.Expect):
            to = {e.to for e in effects if isinstance(e, Delivery)}
            assert to <= {socket}, "only who is inside reaches others, by what is for them"
        self.watch(effects, rooms={self.room_of[socket]})

    @rule(socket=sockets, peer=PEOPLE)
    def expect(self, socket, peer):
        self.speak(socket, protocol.Expect(peer=peer))

    @rule(socket=consumes(sockets))
    def close(self, socket):
        self.open.discard(socket)
        self.watch(self.rooms.leave(socket), rooms={self.room_of[socket]})

    @rule(do=ORDERS, room=ROOMS, peer=PEOPLE, seat=st.integers(1, 2))
    def obey(self, do, room, peer, seat):
        if do in ("end", "change"):
            peer = None
        relays = [RELAY.model_dump()] if do == "admit" else None
        order = an_order(do, peer, room=room, seat=seat, epoch=1, ice_servers=relays)
        _, effects = self.rooms.obey(order, now=self.now)
        every = {"morgan", "robin", "board-morgan", "board-robin"}
        self.watch(effects, rooms=every if do == "revoke" else {room})

    @rule(seconds=st.sampled_from([1, 5, 100]))
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)
        self.rooms.sweep(now=self.now)

    @invariant()
    def a_participant_has_one_seat(self):
        present = [
            (r.seat.ticket.room, r.seat.ticket.peer)
            for r in self.rooms.present()
            if r.seat.stage != "board"
        ]
        assert len(present) == len(set(present))
        assert {r.seat.socket for r in self.rooms.present()} <= self.open


TestTwoVisits = TwoVisits.TestCase
TestTwoVisits.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
