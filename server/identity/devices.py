"""A browser in words its owner knows again: what it is and roughly where, and nothing finer."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

LONGEST = 60
#: in this order: Edge and Opera also say Chrome, Chrome also says Safari
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
UNKNOWN = "A browser we do not know by name"


@dataclass(frozen=True)
class Whence:
    """From where somebody signs in."""

    device: str = ""
    network: str = ""


NOWHERE = Whence()


def words(user_agent: str) -> str:
    """ "Firefox on Windows"; what a browser says of itself is never shown as it came."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or UNKNOWN


def network(address: str) -> str:
    """The address without the part that names one machine."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if known.version == 4:
        return f"{address.rpartition('.')[0]}.x"
    return f"{ipaddress.ip_network(f'{address}/48', strict=False).network_address}/48"
