"""A real web process with two real nodes: what one person has open on both of them."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import requests
from click.testing import CliRunner
from flask import Flask
from joserfc.jwk import OKPKey
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from config.settings import WebSettings
from server.app import create_app
from server.cli import main
from server.control.placement import board_peer, board_room, place
from server.db import Database
from server.demo.cast import Staff
from server.identity import cookies
from server.identity.secret_ids import hash_of
from server.identity.service import open_staff_session
from server.tenancy import EVERY_CLINIC
from server.visits.models import SignalingNodeLife
from tests import people
from tests.browsing import BASE_URL, assets
from tests.faults.signaling.client import Client
from tests.faults.signaling.node import Node, free_port, until

STATE = {"type": "state", "muted": True, "camera": False, "hidden": False, "connected": False}
PROMISE = 5.0


class Quiet(WSGIRequestHandler):
    """A web server's ear that writes nothing down."""

    def log(self, *_: object) -> None:
        """Say nothing."""


class House:
    """Web in a thread, with nodes beside it; what its settings say of them may be changed."""

    def __init__(self, keys: dict[str, OKPKey]) -> None:
        self._keys = keys
        self.port = free_port()
        self._app: Flask | None = None
        self._deaf = False
        self._server = make_server(
            "127.0.0.1", self.port, self._answer, threaded=True, request_handler=Quiet
        )
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        told = {
            "TICKET_PUBLIC_KEY": json.dumps(keys["web"].as_dict(private=False)),
            "REPORTER_PRIVATE_KEY": json.dumps(keys["signaling"].as_dict(private=True)),
            "WEB_URL": self.url,
        }
        self.nodes = {name: Node(name=name, **told) for name in ("n1", "n2")}
        for node in self.nodes.values():
            node.key = keys["web"]
            node.launch()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _answer(self, environ, start_response):
        deaf = self._deaf and environ["PATH_INFO"] == "/internal/happenings"
        if self._app is None or deaf:
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]
        return self._app.wsgi_app(environ, start_response)

    @contextmanager
    def open(
        self, settings: WebSettings, *, reachable: bool = True, deaf: bool = False
    ) -> Iterator[Evening]:
        """Web answers, until the block ends; `deaf` to claims, or not reaching any node."""
        self._deaf = deaf
        nodes = {
            name: {
                "public_url": node.url,
                "control_url": f"http://127.0.0.1:{node.control_port if reachable else 9}",
            }
            for name, node in self.nodes.items()
        }
        told = settings.model_dump() | {"signaling_nodes": nodes}
        self._app = create_app(WebSettings(**told), assets=assets())
        try:
            yield Evening(self, self._app)
        finally:
            app, self._app = self._app, None
            app.extensions["dispatcher"].stop()
            app.extensions["database"].engine.dispose()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        for node in self.nodes.values():
            node.stop()


@dataclass
class Evening:
    """One time that this house is open."""

    house: House
    app: Flask

    @property
    def database(self) -> Database:
        return self.app.extensions["database"]

    def a_call_apart_from_the_boards(self, host: Staff) -> people.OpenVisit:
        """A visit whose room is not on the node where the clinic's boards are."""
        nodes = self.house.nodes
        boards = place(board_room(host.house.id), nodes)
        while True:
            with self.database.transaction(EVERY_CLINIC) as session:
                visit = people.open_visit(session, now=datetime.now(UTC), clinician=host)
            if place(visit.room, nodes) != boards:
                return visit

    def signed_in(self, who: Staff) -> Tab:
        with self.database.transaction(EVERY_CLINIC) as session:
            secret = open_staff_session(session, who.id, now=datetime.now(UTC))
        return Tab(self.house, {cookies.STAFF: secret})

    def wait_until_each_node_has_just_told_us(self) -> None:
        """The worst moment to end an access: the next claims are a whole turn away."""
        for _ in ("whoever joined", "whoever is present"):
            before = self._told()
            until(lambda was=before: all(self._told()[node] > was[node] for node in was), 10)

    def _told(self) -> dict[str, int]:
        with self.database.reading(EVERY_CLINIC) as session:
            lives = session.scalars(select(SignalingNodeLife))
            return dict.fromkeys(self.house.nodes, -1) | {each.node: each.seq for each in lives}

    def mooring(self, *command: str) -> str:
        """The command, as whoever keeps the house types it."""
        told = self.app.extensions["settings"].model_dump(mode="json")
        plain = self.app.extensions["settings"].model_dump()
        environ = {
            f"MOORING_{name.upper()}": _as_typed(plain[name], told[name]) for name in told
        }
        done = CliRunner().invoke(main, list(command), env=environ, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output


def _as_typed(plain: object, told: object) -> str:
    if hasattr(plain, "get_secret_value"):
        return plain.get_secret_value()
    return told if isinstance(told, str) else json.dumps(told)


@dataclass
class Tab:
    """One tab of a member of staff: its cookies, and what it asks web."""

    house: House
    held: dict[str, str]

    def _headers(self) -> dict[str, str]:
        held = "; ".join(f"{name}={secret}" for name, secret in self.held.items())
        return {"Cookie": held, "Origin": BASE_URL, "Host": "mooring.test"}

    def get(self, path: str) -> int:
        answer = requests.get(
            self.house.url + path, headers=self._headers(), allow_redirects=False, timeout=5
        )
        return answer.status_code

    def ticket(self, path: str, **asked: str) -> requests.Response:
        headers = {**self._headers(), "X-Mooring": "1"}
        return requests.post(self.house.url + path, json=asked, headers=headers, timeout=5)

    def submit(self, path: str, fields: dict[str, str], *, page: str) -> requests.Response:
        """Send a form that `page` shows, with its hidden token."""
        shown = requests.get(self.house.url + page, headers=self._headers(), timeout=5)
        self.held |= {name: shown.cookies[name] for name in shown.cookies.keys()}  # noqa: SIM118
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
        assert token, shown.status_code
        return requests.post(
            self.house.url + path,
            data={"csrf_token": token[1], **fields},
            headers=self._headers(),
            allow_redirects=False,
            timeout=5,
        )

    @property
    def key(self) -> str:
        """What the page of sessions calls this browser."""
        return board_peer(hash_of(self.held[cookies.STAFF]))

    def for_call(self, visit: people.OpenVisit) -> requests.Response:
        answer = self.ticket(f"/visits/{visit.id}/ticket", page="call", tab="tab")
        if cookies.CALL in answer.cookies:
            self.held[cookies.CALL] = answer.cookies[cookies.CALL]
        return answer

    def for_board(self) -> requests.Response:
        return self.ticket("/staff/board-ticket", page="board")

    def sit(self, answer: requests.Response) -> Client:
        """The socket that this ticket opens, on the node it names."""
        told = answer.json()
        client = Client(self.house.nodes[told["node"]], room=told["room"])
        client.sit(told["ticket"])
        client.hear("welcome")
        return client


def closed_after(began: float, *sockets: Client) -> float:
    """Seconds from `began` until the last of these sockets was closed."""
    for socket in sockets:
        assert socket.closed_within(PROMISE + 1), "a socket stayed open"
    return time.monotonic() - began
