"""The server files we ship: TLS floor, one name, and nobody's word about an address (C-33)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.check("C-33")
DEPLOY = Path(__file__).parents[3] / "config" / "deploy"


def without_comments(name: str) -> str:
    lines = (DEPLOY / name).read_text().splitlines()
    return "\n".join(re.sub(r"(^|\s)#.*", "", line) for line in lines)


def blocks(text: str, head: str) -> list[tuple[str, str]]:
    """Each block that begins with `head`: its first line and what is between its braces."""
    found = []
    for match in re.finditer(rf"^[ \t]*({head}[^\n{{]*)\{{", text, re.M):
        depth, at = 1, match.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        found.append((match[1].strip(), text[match.end() : at - 1]))
    return found


NGINX = without_comments("nginx.conf")
SERVERS = [body for _, body in blocks(NGINX, "server")]


def test_tls_begins_at_1_2_and_only_with_forward_secrecy():
    assert re.findall(r"ssl_protocols\s+([^;]+);", NGINX) == ["TLSv1.2 TLSv1.3"]
    ciphers = re.search(r"ssl_ciphers\s+([^;]+);", NGINX)[1].split(":")
    assert all(each.startswith("ECDHE-") for each in ciphers)
    assert all("GCM" in each or "CHACHA20" in each for each in ciphers)
    assert "ssl_session_tickets off;" in NGINX


def test_plain_http_is_only_told_where_https_is():
    plain = [body for body in SERVERS if re.search(r"listen\s+80\b", body)]
    assert len(plain) == 1
    assert re.search(r"return 301 https://[a-z.]+\$request_uri;", plain[0])
    assert "proxy_pass" not in plain[0]
    for body in SERVERS:
        if body not in plain:
            assert re.search(r"listen 443 ssl", body)


def test_the_redirect_names_us_and_not_whatever_was_asked_for():
    assert "https://$host" not in NGINX
    assert "https://$http_host" not in NGINX


def test_a_foreign_name_reaches_nothing():
    others = [body for body in SERVERS if "listen 443 ssl default_server" in body]
    assert len(others) == 1
    assert "return 444;" in others[0]
    assert "proxy_pass" not in others[0]


def test_what_the_browser_says_about_its_own_address_is_replaced():
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert "$proxy_add_x_forwarded_for" not in NGINX
    for name in ("X-Forwarded-Host", "Forwarded"):
        assert f'proxy_set_header {name} "";' in NGINX
    assert "real_ip" not in NGINX


def test_a_location_that_sets_a_header_keeps_the_others():
    """Where nginx sets one header it inherits none: the client's own would pass (T-14)."""
    kept = {"Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"}
    for head, body in blocks(NGINX, "location"):
        if "proxy_pass" not in body:
            continue
        names = set(re.findall(r"proxy_set_header\s+(\S+)", body))
        assert not names or names >= kept, f"{head} loses {sorted(kept - names)}"


def test_sockets_are_never_deflated_and_inner_roads_are_closed():
    locations = dict(blocks(NGINX, "location"))
    for head, body in locations.items():
        if "Upgrade" in body:
            assert 'proxy_set_header Sec-WebSocket-Extensions "";' in body, head
    for inner in ("/internal", "/metrics", "/dev/", "/demo/", "/signaling"):
        assert "return 404;" in locations[f"location ^~ {inner}"]
    assert "8003" not in NGINX


def test_no_banner_and_slow_senders_are_cut():
    assert "server_tokens off;" in NGINX
    for name in ("client_header_timeout", "client_body_timeout"):
        assert int(re.search(rf"{name} (\d+)s;", NGINX)[1]) <= 10


def test_the_demo_for_phones_speaks_tls_everywhere():
    caddy = without_comments("Caddyfile")
    sites = re.findall(r"^(\S+://\S+)\s*\{", caddy, re.M)
    assert len(sites) == 3
    assert all(site.startswith("https://") for site in sites)
    assert "admin off" in caddy
    assert "header_up -Sec-WebSocket-Extensions" in caddy
    assert "respond @internal 404" in caddy
    assert "protocols tls1" not in caddy  # Caddy's own floor is TLS 1.2
