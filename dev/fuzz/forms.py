"""Every route, as everybody, with bodies nobody would send: any answer but a fault of ours."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal, get_args, get_origin
from urllib.parse import quote

from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from werkzeug.routing import Rule

from dev.fuzz.bent import bent, values, words
from dev.fuzz.clinic import AClinic
from dev.fuzz.target import Target
from dev.fuzz.wires import signed
from server.app import TEMPLATES
from server.doors import door_of

_MODEL = re.compile(r"\b([A-Z][A-Za-z]+)\b")
_FIELD = re.compile(r'name="([a-z_]+)"|(?:field|group)\(\s*"([a-z_]+)"')
_READ = re.compile(r'(?:form|args)(?:\.get(?:list)?\(|\[)"([a-z_]+)"')
_PLAUSIBLE = (
    "yes", "no", "doctor", "other", "same", "now", "at", "call", "none", "CO", "2026-11-24",
    "10:30", "29", "2", "1999", "+13035550111", "a@b.example", "on", "confirmed", "unable",
    "completed", "good", "matched", "ok", "patient", "therapist", "guardian", "-1", "50",
)  # fmt: skip


def everything(clinic: AClinic) -> list[Target]:
    """Each route of the clinic's own app, and what signaling says to it."""
    rules = [r for r in clinic.app.url_map.iter_rules() if r.endpoint != "static"]
    writing = [rule for rule in rules if (rule.methods or set()) & {"POST", "PUT", "DELETE"}]
    return [
        Target("forms", _requests(clinic, writing, "POST"), _sender(clinic), clinic.as_it_was),
        Target("pages", _requests(clinic, rules, "GET"), _sender(clinic), clinic.as_it_was),
        Target("happenings", _claims(clinic), _teller(clinic), clinic.as_it_was),
    ]


Asked = tuple[str, str, str, bool, dict[str, Any] | Any, str]


def _requests(clinic: AClinic, rules: list[Rule], way: str) -> st.SearchStrategy[Asked]:
    known = _known_ids(clinic)
    common = sorted(names_in_templates())

    @st.composite
    def one(draw: st.DrawFn) -> Asked:
        rule = draw(st.sampled_from(rules))
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        wanted = sorted(methods - {"GET"} or methods) if way == "POST" else ["GET"]
        path = rule.rule
        for name in rule.arguments:
            value = draw(_argument(path, name, known))
            path = re.sub(
                rf"<(?:[^<>]*:)?{name}>", quote(value, safe="", errors="replace"), path
            )
        query = draw(st.dictionaries(st.sampled_from(common), words, max_size=3))
        path += "?" + "&".join(f"{k}={quote(v, errors='replace')}" for k, v in query.items())
        view = clinic.app.view_functions[rule.endpoint]
        door = door_of(view)
        is_api = bool(door and door.api)
        body = draw(_body(view, common, known, is_api=is_api)) if way == "POST" else {}
        person = draw(st.sampled_from(clinic.people))
        return person, draw(st.sampled_from(wanted)), path, is_api, body, rule.endpoint

    return one()


def _argument(path: str, name: str, known: list[str]) -> st.SearchStrategy[str]:
    if f"uuid:{name}" in path:
        return st.one_of(st.sampled_from(known), st.uuids().map(str), words)
    if choice := re.search(rf"<any\(([^)]*)\):{name}>", path):
        return st.sampled_from([each.strip(" \"'") for each in choice[1].split(",")])
    return st.one_of(words, st.sampled_from(["identity", "place", "contact", "private"]))


def _body(
    view: Callable[..., Any], common: list[str], known: list[str], *, is_api: bool
) -> st.SearchStrategy[Any]:
    models, read = _read_by(view)
    plausible = st.one_of(st.sampled_from(_PLAUSIBLE), st.sampled_from(known), words)
    name = st.sampled_from(sorted(read) or common)
    loose = st.dictionaries(name, values if is_api else plausible, max_size=8)
    shaped = [_shaped(model, plausible, is_api=is_api) for model in models]
    strange = [values] if is_api else []
    return st.one_of(*shaped, *shaped, loose, *strange)


def _shaped(
    model: type[BaseModel], plausible: st.SearchStrategy[str], *, is_api: bool
) -> st.SearchStrategy[dict[str, Any]]:
    """An object with the fields of a model, most of them believable."""
    fields = {
        name: st.one_of(_of_kind(field), plausible, values if is_api else words)
        for name, field in model.model_fields.items()
    }
    return st.fixed_dictionaries({}, optional=fields)


def _of_kind(field: FieldInfo) -> st.SearchStrategy[Any]:
    kind = field.annotation
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if kind is bool:
        return st.booleans()
    if kind in (int, float):
        return st.one_of(st.integers(-5, 200), st.floats())
    return bent(_PLAUSIBLE) if kind is str else st.uuids().map(str)


def _read_by(view: Callable[..., Any]) -> tuple[list[type[BaseModel]], set[str]]:
    """The models and field names that a view, or what it closes over, speaks of."""
    inner = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
    views = [view, *(each for each in inner if inspect.isfunction(each))]
    models: list[type[BaseModel]] = []
    names: set[str] = set()
    for each in views:
        module = inspect.getmodule(each)
        source = inspect.getsource(each)
        shapes = [module, *(getattr(module, name, None) for name in ("forms", "shapes"))]
        for word in set(_MODEL.findall(source)):
            for shape in shapes:
                found = getattr(shape, word, None)
                if inspect.isclass(found) and issubclass(found, BaseModel):
                    models.append(found)
        names |= set(_READ.findall(source))
    return models, names


def names_in_templates() -> set[str]:
    """The names of every field our pages show."""
    found = set()
    for template in TEMPLATES.rglob("*.html"):
        for pair in _FIELD.findall(template.read_text()):
            found |= set(filter(None, pair))
    return found | {"next", "said", "page", "q", "sort", "clinic_id"}


def _known_ids(clinic: AClinic) -> list[str]:
    ids = [str(visit.id) for visit in clinic.visits]
    ids += [str(seat) for visit in clinic.visits for seat in visit.participants.values()]
    return ids


def _sender(clinic: AClinic) -> Callable[[Asked], None]:
    base = clinic.settings.base_url
    # The token in a form is checked against the one in this cookie.
    form = clinic.app.test_client()
    page = form.get("/sign-in", base_url=base).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    cookie = form.get_cookie("__Host-form", domain="localhost")

    def send(asked: Asked) -> None:
        person, method, path, is_api, body, _endpoint = asked
        browser = clinic.browser(person)
        if cookie:
            browser.set_cookie("__Host-form", cookie.value, domain="localhost", secure=True)
        headers = {"Origin": base, "Sec-Fetch-Site": "same-origin"}
        how: dict[str, Any] = {}
        if is_api:
            headers |= {"X-Mooring": "1", "Content-Type": "application/json"}
            how["data"] = _json(body)
        elif isinstance(body, dict) and method != "GET":
            how["data"] = {**{k: _sendable(v) for k, v in body.items()}, "csrf_token": token}
        answer = browser.open(path, method=method, base_url=base, headers=headers, **how)
        assert answer.status_code < 500, f"{answer.status_code} for {person}: {method} {path}"

    return send


def _json(body: Any) -> bytes:
    try:
        return json.dumps(body).encode("utf-8", "replace")
    except (TypeError, ValueError, RecursionError):
        return str(body).encode("utf-8", "replace")


def _sendable(value: Any) -> str:
    return str(value).encode("utf-8", "replace").decode()


def _claims(clinic: AClinic) -> st.SearchStrategy[Any]:
    mine = clinic.visits[0]
    seat = str(next(iter(mine.participants.values())))
    event = {
        "room": mine.room, "peer": seat, "page": "p", "seat": 1, "what": "joined",
        "muted": False, "camera": True, "hidden": False, "connected": True,
    }  # fmt: skip
    strange = st.dictionaries(st.sampled_from(sorted(event)), values, max_size=5)
    events = st.lists(st.one_of(strange.map(lambda s: event | s), values), max_size=4)
    return st.fixed_dictionaries(
        {},
        optional={
            "node": st.one_of(st.just("n1"), values),
            "boot": st.one_of(st.just("b"), values),
            "seq": st.one_of(st.integers(0, 9), values),
            "events": st.one_of(events, values),
            "batch": values,
        },
    )


def _teller(clinic: AClinic) -> Callable[[Any], None]:
    def tell(claims: dict[str, Any]) -> None:
        token = signed(claims, clinic.signaling_key, "happenings", now=datetime.now(UTC))
        browser = clinic.browser("nobody")
        answer = browser.post(
            "/internal/happenings", base_url=clinic.settings.base_url, data=token
        )
        assert answer.status_code < 500, claims

    return tell
