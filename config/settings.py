"""Typed settings, one class per process, so that none is told more than it needs.

Read from `config/default.toml`, then the environment (`MOORING_NAME`), then files
(`MOORING_NAME_FILE`, for secrets). An unknown name, or outside demo mode a default or short
secret, stops the process and names the variable.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "MOORING_"
DEFAULTS = Path(__file__).with_name("default.toml")
SHORTEST_SECRET = 32
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")
#: words that tell a stranger what a letter is about (T-10)
_TELLING = re.compile(
    r"psych|ketamin|therap|mental|trauma|ptsd|depress|suicid|addict|rehab|veteran", re.I
)
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
#: by these the house speaks to itself; no browser of somebody else can be made to say them
_THIS_MACHINE = ("localhost", "127.0.0.1")


class SettingsRefused(Exception):
    """The process must not start with these settings; the message names the variable."""


class SignalingNode(BaseModel):
    """Where browsers and where web reach one signaling node."""

    public_url: str
    control_url: str


class ProcessSettings(BaseSettings):
    """What every process is told, and how it is read."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True
    )
    section: ClassVar[str]

    demo: bool = False
    log_level: str = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)  # load() has read the environment, names checked

    @classmethod
    def load(cls, environ: dict[str, str] | None = None) -> Self:
        """Read the settings of this process, or refuse to start and say which name is wrong."""
        environ = dict(os.environ if environ is None else environ)
        told = {k: v for k, v in environ.items() if k.startswith(PREFIX)}
        known = cls.model_fields
        unknown = [
            name
            for name in sorted(told)
            if name.removeprefix(PREFIX).removesuffix("_FILE").lower() not in known
        ]
        if unknown:
            names = ", ".join(unknown)
            raise SettingsRefused(f"the {cls.section} process has no setting {names}")
        values: dict[str, Any] = {
            name: value if known[name].annotation in (str, SecretStr) else _decoded(value)
            for name, value in _from_files(told).items()
        }
        values = {**_defaults(cls.section), **values}
        try:
            return cls(**values)
        except ValidationError as refused:
            names = ", ".join(
                f"{PREFIX}{str(e['loc'][0]).upper()} ({e['msg']})" if e["loc"] else e["msg"]
                for e in refused.errors(include_input=False, include_url=False)
            )
            raise SettingsRefused(f"{cls.section} cannot start: {names}") from None

    @model_validator(mode="after")
    def _secrets_are_long_and_not_the_defaults(self) -> Self:
        if self.demo:
            return self
        for name in type(self).model_fields:
            value = getattr(self, name)
            if not isinstance(value, SecretStr):
                continue
            plain = value.get_secret_value()
            if not plain and not type(self).model_fields[name].is_required():
                continue  # a part of the house that is not used, such as the relay
            if plain.startswith("demo") or len(plain) < SHORTEST_SECRET:
                raise ValueError(f"{PREFIX}{name.upper()} is a default or shorter than 32")
        return self


def _defaults(section: str) -> dict[str, Any]:
    table = tomllib.loads(DEFAULTS.read_text())
    return {**table.get("shared", {}), **table.get(section, {})}


def _decoded(value: str) -> Any:
    """Lists and tables are written as JSON; anything else is left to its type."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def _from_files(told: dict[str, str]) -> dict[str, str]:
    """Plain values and the contents of `…_FILE` paths, by field name."""
    values: dict[str, str] = {}
    for name, value in told.items():
        field = name.removeprefix(PREFIX).lower()
        if name.endswith("_FILE"):
            try:
                value = Path(value).read_text().strip()
            except OSError as gone:
                raise SettingsRefused(f"{name}: {gone.strerror}") from None
            field = field.removesuffix("_file")
        values[field] = value
    return values


class WebSettings(ProcessSettings):
    """The one authority: data, keys that sign tickets, addresses of the other processes."""

    section: ClassVar[str] = "web"

    #: the one origin browsers know; its name is the Host we answer to
    base_url: str
    #: further names of this process, such as an inner one that a probe asks by
    trusted_hosts: list[str] = []
    #: addresses of our own proxies: only from them is X-Forwarded-For believed (C-35)
    trusted_proxies: list[str] = []
    database_url: str
    data_dir: Path
    secret_key: SecretStr
    #: seals the record (SECURITY.md §2.7); never in the database, never shown to its owner
    audit_key: SecretStr
    #: where the heads of the record are kept outside the database; without it, in `data_dir`
    audit_anchor: Path | None = None
    ticket_private_key: SecretStr
    signaling_public_key: str
    signaling_nodes: dict[str, SignalingNode] = Field(min_length=1)
    media_url: str
    turn_urls: list[str] = []
    turn_secret: SecretStr = SecretStr("")
    #: the device test's own relay, whose only permitted peer is `media` (C-30)
    probe_turn_urls: list[str] = []
    probe_turn_secret: SecretStr = SecretStr("")
    smtp_url: SecretStr = SecretStr("")
    mail_from: str
    demo_remote: bool = False

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names a request may call us by; any other is not for us (T-22)."""
        own = urlsplit(self.base_url).hostname or ""
        return (own, *self.trusted_hosts, *_THIS_MACHINE)

    @field_validator("mail_from")
    @classmethod
    def _sender_is_neutral(cls, sender: str) -> str:
        """Whoever else reads the phone reads the sender first (T-10)."""
        if _TELLING.search(sender):
            raise ValueError("MOORING_MAIL_FROM must not tell what the clinic does")
        return sender

    @model_validator(mode="after")
    def _names_are_exact(self) -> Self:
        if not _ORIGIN.fullmatch(self.base_url):
            raise ValueError("MOORING_BASE_URL must be an origin: https://visits.example.org")
        if not (self.demo or self.base_url.startswith("https://")):
            raise ValueError("MOORING_BASE_URL must begin with https:// outside the demo")
        if not all(map(_NAME.fullmatch, self.trusted_hosts)):
            raise ValueError("MOORING_TRUSTED_HOSTS must list whole names, without a star")
        try:
            [ipaddress.ip_address(each) for each in self.trusted_proxies]
        except ValueError:
            raise ValueError("MOORING_TRUSTED_PROXIES must list addresses") from None
        return self

    @property
    def anchor_file(self) -> Path:
        """The append-only file that shows when the end of the record was cut off (C-22)."""
        return self.audit_anchor or self.data_dir / "audit-anchor.jsonl"


class WorkerSettings(WebSettings):
    """The worker reads what web reads; it is another door to the same house."""


class SignalingSettings(ProcessSettings):
    """Verifies what web signed, signs what it saw; knows no database and no other key."""

    section: ClassVar[str] = "signaling"

    node: str
    origins: list[str] = Field(min_length=1)
    ticket_public_key: str
    reporter_private_key: SecretStr
    web_url: str
    listen: str
    control_listen: str
    max_sockets: int


class MediaSettings(ProcessSettings):
    """The echo test: verifies tickets, knows its own relay, holds no private key."""

    section: ClassVar[str] = "media"

    node: str
    origins: list[str] = Field(min_length=1)
    ticket_public_key: str
    host: str
    port: int
    ice_urls: list[str] = []
    ice_username: str = ""
    ice_secret: SecretStr = SecretStr("")
    max_sessions: int
    session_seconds: float
    allow_private_candidates: bool = False

    @model_validator(mode="after")
    def _private_candidates_only_in_the_demo(self) -> Self:
        if self.allow_private_candidates and not self.demo:
            raise ValueError("MOORING_ALLOW_PRIVATE_CANDIDATES is for demo mode only")
        return self
