"""Keep a peer from pointing the other's browser at addresses it should not probe (T-26)."""

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from signaling.protocol import (
    Candidate,
    Candidates,
    Describe,
    Description,
    RelayedCandidates,
    RelayedDescribe,
)

# A literal first, so that the search skips through a whole description at the speed of memchr;
# a line ends at \n alone, as in the browsers' own parsers, so a stray \r hides nothing.
_LINES = re.compile(r"a=candidate:[^\n]*\n?")
_METADATA = frozenset(ip_address(each) for each in ("100.100.100.200", "fd00:ec2::254"))
_TRANSLATED = ip_network("64:ff9b::/96")
_ADDRESS = 4  # foundation, component, transport, priority, address, port, …


class Sieve:
    """Which candidates may pass; loopback only where both browsers may sit on one machine."""

    def __init__(self, *, loopback: bool) -> None:
        self._loopback = loopback

    def describe(self, message: Describe) -> RelayedDescribe:
        """The message with its description sifted."""
        return self.description(message.description, message.epoch)

    def description(self, description: Description, epoch: int) -> RelayedDescribe:
        """The description without forbidden candidates, ready to be relayed."""
        kept = _LINES.sub(self._keep_line, description.sdp)
        if kept != description.sdp:
            description = description.model_copy(update={"sdp": kept})
        return RelayedDescribe.model_construct(description=description, epoch=epoch)

    def candidates(self, message: Candidates, *, room_for: int) -> RelayedCandidates | None:
        """The first `room_for` permitted candidates, or None when nothing is left."""
        kept = [each for each in message.candidates if self._permitted(each)][:room_for]
        if not kept:
            return None
        return RelayedCandidates.model_construct(candidates=kept, epoch=message.epoch)

    def _permitted(self, candidate: Candidate) -> bool:
        line = candidate.candidate
        return not line or self._passes(line)  # an empty line says "that was all"

    def _keep_line(self, line: re.Match[str]) -> str:
        within_another = line.start() > 0 and line.string[line.start() - 1] != "\n"
        return line[0] if within_another or self._passes(line[0]) else ""

    def _passes(self, line: str) -> bool:
        parts = line.split(maxsplit=_ADDRESS + 1)
        return len(parts) > _ADDRESS + 1 and _may_be_probed(parts[_ADDRESS], self._loopback)


@lru_cache(maxsize=4096)
def _may_be_probed(address: str, loopback: bool) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        # Browsers hide their own address behind a random .local name; any other name would be
        # looked up by the victim.
        return address.endswith(".local") and address.count(".") == 1
    if isinstance(ip, IPv6Address):
        if ip in _TRANSLATED:
            return False
        ip = ip.ipv4_mapped or ip
    if ip.is_loopback:
        return loopback
    return not (ip.is_link_local or ip.is_unspecified or ip.is_multicast or ip in _METADATA)
