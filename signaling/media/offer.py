"""What may be asked of the echo: one small offer, and no road into the private network."""

import ipaddress

from aiortc.sdp import SessionDescription

MEDIA_SECTIONS = {"audio": 1, "video": 1, "application": 1}
CANDIDATES = 24

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_HIDDEN_V4 = (
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("::/96"),
)


class OfferRefused(Exception):
    """This text is not an offer the echo answers; `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def accept(sdp: str, *, allow_private: bool) -> str:
    """The offer with only those candidates that the echo will send packets to."""
    try:
        sections = SessionDescription.parse(sdp).media
    except Exception as broken:  # the parser is not made for strangers' text
        raise OfferRefused("bad-offer", "This is not a session description.") from broken
    kinds = [section.kind for section in sections]
    if not kinds or any(kinds.count(kind) > MEDIA_SECTIONS.get(kind, 0) for kind in kinds):
        raise OfferRefused("bad-offer", "Send one audio, one video and one data section.")
    ice, dtls = sections[0].ice, sections[0].dtls  # those of a bundle
    if not (ice and ice.usernameFragment and ice.password and dtls and dtls.fingerprints):
        raise OfferRefused("bad-offer", "The ICE name and the DTLS fingerprint are missing.")
    return _without_closed_roads(sdp, allow_private=allow_private)


def is_reachable(host: str, *, allow_private: bool) -> bool:
    """Whether the echo may send there: never to a name, outside the demo only public."""
    try:
        address: Address = ipaddress.ip_address(host)
    except ValueError:
        return False  # an mDNS name: resolving it would make this server ask its own network
    if allow_private:
        return not (address.is_multicast or address.is_unspecified)
    if isinstance(address, ipaddress.IPv6Address):
        if address.sixtofour or address.teredo or any(address in net for net in _HIDDEN_V4):
            return False
        address = address.ipv4_mapped or address
    return address.is_global and not address.is_multicast


def _without_closed_roads(sdp: str, *, allow_private: bool) -> str:
    kept: list[str] = []
    candidates = 0
    for line in sdp.splitlines():
        # Without the end mark ICE goes on waiting, so that a browser whose every candidate was
        # dropped still gets through by its own packets (a peer-reflexive candidate).
        if line.startswith("a=end-of-candidates"):
            continue
        if line.startswith("a=candidate:"):
            fields = line.split()
            if len(fields) < 8 or not is_reachable(fields[4], allow_private=allow_private):
                continue
            candidates += 1
            if candidates > CANDIDATES:
                continue
        kept.append(line)
    return "\r\n".join([*kept, ""])
