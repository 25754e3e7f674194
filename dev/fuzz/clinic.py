"""A clinic in a folder of its own, with everybody signed in, that can be put back as it was."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey
from sqlalchemy.orm import Session

from config.settings import WebSettings
from server.app import create_app
from server.assets import DIST, Assets
from server.audit.chain import open_database
from server.commands.house import House
from server.demo import cast
from server.demo.build import build_cast
from server.demo.visits import OpenVisit, open_visit
from server.identity import cookies
from server.identity.service import open_staff_session
from server.limits import Allowances
from server.schema import METADATA
from server.tenancy import EVERY_CLINIC
from signaling import tickets


class NoAssets(Assets):
    """Pages without scripts, where the front end has not been built."""

    def tags(self, entry: str) -> str:  # type: ignore[override]  # nothing is nothing
        """Nothing to link."""
        return ""


@dataclass
class AClinic:
    """The app, what is known about its visits, and each person's cookies."""

    app: Flask
    settings: WebSettings
    visits: tuple[OpenVisit, OpenVisit]
    signaling_key: OKPKey
    _file: Path
    _held: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def people(self) -> list[str]:
        """Everybody who may ask, and somebody nobody knows."""
        return [*self._held, "nobody"]

    def browser(self, person: str) -> FlaskClient:
        """A fresh browser with this person's cookies."""
        client = self.app.test_client()
        for name, secret in self._held.get(person, {}).items():
            client.set_cookie(name, secret, domain="localhost", secure=True)
        return client

    def as_it_was(self) -> None:
        """Undo whatever was done to it."""
        self.app.extensions["database"].engine.dispose()
        for ending in ("-wal", "-shm"):
            self._file.with_name(self._file.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self._file.with_suffix(".kept"), self._file)
        self.app.extensions["allowances"] = Allowances()

    def keep(self) -> None:
        """From here on this is how it was; one browser of each person has come in."""
        base = self.settings.base_url
        mine = self.visits[0]
        with self.app.extensions["database"].transaction(EVERY_CLINIC) as session:
            for staff in cast.STAFF:
                self._held[staff.name] = {cookies.STAFF: _sign_in(session, staff)}
        for person in (cast.MORGAN, cast.LINH, cast.ANA, cast.MORGAN):
            self._open(person.name, mine.link(person), base)
        path = f"/visits/{mine.id}/ticket"
        client = self.browser(cast.DR_RIVERA.name)
        client.post(
            path, base_url=base, json={"page": "p", "tab": "t"}, headers={"X-Mooring": "1"}
        )
        grant = client.get_cookie(cookies.CALL, domain="localhost")
        self._held["call grant"] = {cookies.CALL: grant.value if grant else ""}
        self.app.extensions["database"].engine.dispose()
        shutil.copyfile(self._file, self._file.with_suffix(".kept"))

    def _open(self, name: str, token: str, base: str) -> None:
        client = self.app.test_client()
        page = client.get(f"/v/{token}", base_url=base).text
        hidden = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        client.post(f"/v/{token}", base_url=base, data={"csrf_token": hidden})
        held = client.get_cookie(cookies.VISIT, domain="localhost")
        who = name if name not in self._held else f"{name}, further browser"
        self._held[who] = {cookies.VISIT: held.value if held else ""}


def _sign_in(session: Session, staff: cast.Staff) -> str:
    return open_staff_session(session, staff.id, now=datetime.now(UTC))


@contextmanager
def a_clinic() -> Iterator[AClinic]:
    """Two clinics with a visit each, on SQLite; nothing of it stays."""
    with TemporaryDirectory(prefix="mooring-fuzz-") as folder:
        house = House(Path(folder), 8000)
        house.make_keys()
        settings = WebSettings.load(house.web({}))
        database = open_database(settings)
        METADATA.create_all(database.engine)
        now = datetime.now(UTC)
        with database.transaction(EVERY_CLINIC) as session:
            build_cast(session, now=now)
            also = (cast.SAM_WHITFIELD, cast.LINH, cast.ANA)
            visits = (
                open_visit(session, now=now, also=also),
                open_visit(session, now=now, patient=cast.ROBIN, clinician=cast.DR_LIND),
            )
        database.engine.dispose()
        built = (DIST / ".vite" / "manifest.json").exists()
        app = create_app(settings, assets=Assets() if built else NoAssets())
        app.testing = True
        app.extensions["database"].when_committed("control", lambda _orders: None)
        app.extensions["database"].when_committed("outbox", lambda _letters: None)
        key = tickets.private_key((house.keys / "signaling.jwk").read_text())
        clinic = AClinic(app, settings, visits, key, Path(folder) / "mooring.db")
        clinic.keep()
        yield clinic
        app.extensions["dispatcher"].stop()
        app.extensions["database"].engine.dispose()
