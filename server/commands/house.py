"""One house on one machine: its folder, its keys, its ports, and what each process is told."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from joserfc.jwk import OKPKey

from config.settings import (
    PREFIX,
    MediaSettings,
    ProcessSettings,
    SignalingSettings,
    WebSettings,
)

#: What a process gets of our own environment: where things are, never what we were told.
_KEPT = (
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "VIRTUAL_ENV",
    "SSL_CERT_FILE",
)
NODE = "n1"


@dataclass(frozen=True)
class House:
    """Where it lives; the four ports follow each other."""

    data_dir: Path
    port: int = 8000

    @property
    def keys(self) -> Path:
        """Keys and secrets, readable by us alone."""
        return self.data_dir / "keys"

    @property
    def web_env(self) -> Path:
        """What the web process was last told, for commands that need it."""
        return self.data_dir / "web.env"

    @property
    def ready(self) -> Path:
        """Exists while every process answers."""
        return self.data_dir / "ready"

    @property
    def web_url(self) -> str:
        """As browsers on this machine write it; cameras work on localhost without https."""
        return f"http://localhost:{self.port}"

    @property
    def ports(self) -> dict[str, int]:
        """Who listens where."""
        names = ("web", "signaling", "media", "signaling's control")
        return {name: self.port + step for step, name in enumerate(names)}

    def make_keys(self) -> None:
        """Both key pairs and the secrets, once; a second start finds them."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.keys.mkdir(mode=0o700, exist_ok=True)
        for name in ("web", "signaling"):
            if not (self.keys / f"{name}.jwk").exists():
                key = OKPKey.generate_key("Ed25519")
                key.ensure_kid()
                self._keep(f"{name}.jwk", json.dumps(key.as_dict(private=True)))
                self._keep(f"{name}.public.jwk", json.dumps(key.as_dict(private=False)))
        for name in ("secret", "audit"):
            if not (self.keys / name).exists():
                self._keep(name, secrets.token_urlsafe(48))

    def _keep(self, name: str, text: str) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(self.keys / name, flags, 0o600), "w") as file:
            file.write(text)

    def web(self, told: Mapping[str, str]) -> dict[str, str]:
        """The settings of web and worker; what the operator set wins over what we choose."""
        node = {
            "public_url": f"http://localhost:{self.port + 1}",
            "control_url": f"http://127.0.0.1:{self.port + 3}",
        }
        ours = {
            "DEMO": "true",
            "LOG_LEVEL": "WARNING",
            "BASE_URL": self.web_url,
            "DATA_DIR": str(self.data_dir.resolve()),
            "DATABASE_URL": f"sqlite:///{self.data_dir.resolve() / 'mooring.db'}",
            "SECRET_KEY_FILE": str((self.keys / "secret").resolve()),
            "AUDIT_KEY_FILE": str((self.keys / "audit").resolve()),
            "TICKET_PRIVATE_KEY_FILE": str((self.keys / "web.jwk").resolve()),
            "SIGNALING_PUBLIC_KEY_FILE": str((self.keys / "signaling.public.jwk").resolve()),
            "SIGNALING_NODES": json.dumps({NODE: node}),
            "MEDIA_URL": f"http://localhost:{self.port + 2}",
        }
        return _settings(WebSettings, ours, told)

    def signaling(self, told: Mapping[str, str]) -> dict[str, str]:
        """No database address, no key of web: it can verify a ticket, never make one."""
        ours = {
            "DEMO": "true",
            "LOG_LEVEL": "WARNING",
            "NODE": NODE,
            "ORIGINS": json.dumps([self.web_url]),
            "TICKET_PUBLIC_KEY_FILE": str((self.keys / "web.public.jwk").resolve()),
            "REPORTER_PRIVATE_KEY_FILE": str((self.keys / "signaling.jwk").resolve()),
            "WEB_URL": f"http://127.0.0.1:{self.port}",
            "LISTEN": f"127.0.0.1:{self.port + 1}",
            "CONTROL_LISTEN": f"127.0.0.1:{self.port + 3}",
        }
        return _settings(SignalingSettings, ours, told)

    def media(self, told: Mapping[str, str]) -> dict[str, str]:
        """No database address and no private key at all."""
        ours = {
            "DEMO": "true",
            "LOG_LEVEL": "WARNING",
            "ORIGINS": json.dumps([self.web_url]),
            "TICKET_PUBLIC_KEY_FILE": str((self.keys / "web.public.jwk").resolve()),
            "HOST": "127.0.0.1",
            "PORT": str(self.port + 2),
            "ALLOW_PRIVATE_CANDIDATES": "true",
        }
        return _settings(MediaSettings, ours, told)


def _settings(
    kind: type[ProcessSettings], ours: Mapping[str, str], told: Mapping[str, str]
) -> dict[str, str]:
    """Ours, and of the operator's those that this process knows."""
    chosen = {PREFIX + name: value for name, value in ours.items()}
    for name, value in told.items():
        plain = name.removesuffix("_FILE")
        field = plain.removeprefix(PREFIX).lower()
        if not name.startswith(PREFIX) or field not in kind.model_fields or field == "node":
            continue
        chosen.pop(plain, None)
        chosen.pop(f"{plain}_FILE", None)
        chosen[name] = value
    return chosen


def surroundings(environ: Mapping[str, str]) -> dict[str, str]:
    """The part of our own environment that any process may have."""
    kept = {name: environ[name] for name in _KEPT if name in environ}
    return {**kept, "PYTHONUNBUFFERED": "1"}
