"""Every page a patient may read, as its template shows it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

WEB = Path(__file__).parents[3] / "web"
TEMPLATES = WEB / "templates"
CLINIC = {"name": "Harbor Clinic", "phone": "+1 303 555 0100"}
STEP: dict[str, Any] = {"step": 2, "steps": 6, "back_url": "#", "post_url": "#"}
CALL: dict[str, Any] = {
    "page": {"mode": "visit", "role": "patient", "urls": {"home": "/visit"}},
    "visit": {"when": "today at 10:00, Denver time", "clinician": "Dr. Rivera", "safety": True},
    "me": {"name": "Morgan", "phone": "(303) 555-0147"},
    "check_in_url": "#",
}
WHEN = {"when": "Tuesday 24 November, 10:00, Denver time", "clinician": "Dr. Rivera"}
EARLY = {"test_url": "#", "check_in_url": "#", "cannot_come_url": "#", "running_late_url": "#"}
LATE = {"visit_url": "#"}
SAFETY = ("driving", "ketamine", "substances", "during")

#: pages somebody may see who is not the patient: no word tells what the visit is about
NEUTRAL: dict[str, tuple[str, dict[str, Any]]] = {
    "link": ("visits/link.html", {"open_url": "#", "not_me_url": "#"}),
    "unknown link": ("visits/link_state.html", {"state": "unknown"}),
    "link needed": ("visits/link_needed.html", {}),
    "confirm": ("visits/confirm.html", {"confirm_url": "#", "tries_left": 2}),
    "confirm a name": ("visits/confirm.html", {"confirm_url": "#", "asks_name": True}),
    "confirm, no tries left": ("visits/confirm.html", {"confirm_url": "#", "tries_left": 0}),
    "not me": ("visits/not_me.html", {"post_url": "#", "back_url": "#"}),
    "thanks, not me": ("visits/thanks.html", {"what": "not_me"}),
    "error": ("error.html", {"status": 500, "code": "internal", "message": ""}),
    "help": ("site/help.html", {}),
    "breathe": ("site/breathe.html", {"back_url": "#"}),
}
OPEN: dict[str, tuple[str, dict[str, Any]]] = {
    "home": ("site/home.html", {"demo": True}),
    "visit": ("visits/visit.html", CALL),
    "test ahead": ("visits/visit.html", {**CALL, "page": {**CALL["page"], "mode": "test"}}),
    "cannot come": ("visits/cannot_come.html", {**WHEN, "post_url": "#", "back_url": "#"}),
    "park": ("visits/park.html", {"post_url": "#"}),
    "not private": ("visits/not_private.html", {"on_url": "#"}),
    "identity": ("visits/check_in/identity.html", {**STEP, **WHEN, "first_visit": True}),
    "place": ("visits/check_in/place.html", {**STEP, "last_place": "412 Alder St"}),
    "place, new": ("visits/check_in/place.html", {**STEP, "last_place": None}),
    "contact": ("visits/check_in/contact.html", STEP),
    "private": ("visits/check_in/private.html", STEP),
    "consent": (
        "visits/check_in/consent.html",
        {**STEP, "consent": {"version": "2026-11", "paragraphs": []}},
    ),
    **{q: ("visits/check_in/safety.html", {**STEP, "question": q}) for q in SAFETY},
    **{
        f"{state} link": ("visits/link_state.html", {"state": state, **WHEN, **EARLY, **LATE})
        for state in ("early", "late", "moved", "ended", "cancelled")
    },
    "closed without a clinician": (
        "visits/link_state.html",
        {"state": "ended", **WHEN, "come_back_url": "#"},
    ),
    **{
        f"thanks, {what}": ("visits/thanks.html", {"what": what, "back_url": "#"})
        for what in ("running_late", "cannot_come", "phone", "saved")
    },
}
LOOK = {
    "day": "Monday 23 November",
    "role": "Doctor",
    "what": ("Your past visits", "Your record"),
}
LOOKS = [
    {**LOOK, "name": "Dr. Rivera", "in_emergency": False},
    {**LOOK, "name": "Dr. Rivera", "in_emergency": True},
]
LOOKED = {"day_words": str, "ask_url": "#", "post_url": "#", "back_url": "#"}
#: about the patient's own list: on an opened link, yet the phone may be in other hands (T-10)
OPEN |= {
    "who looked": ("visits/who_looked.html", {**LOOKED, "looks": LOOKS}),
    "who looked, nobody": ("visits/who_looked.html", {**LOOKED, "looks": []}),
    "who looked, asked": ("visits/who_looked_confirm.html", {**LOOKED, "tries_left": 2}),
    "who looked, by phone": ("visits/who_looked_confirm.html", {**LOOKED, "tries_left": 0}),
    "thanks, who looked": ("visits/thanks.html", {"what": "who_looked", "back_url": "#"}),
}
EVERY = {**NEUTRAL, **OPEN}


def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.filters["tojson"] = lambda _value: Markup("{}")
    environment.globals.update(
        asset_tags=lambda _entry: Markup(""),
        asset_url=lambda name: f"/static/app/{name}",
        csrf_token=lambda: "t",
        clinic=CLINIC,
        help_lines=[],
    )
    return environment


ENVIRONMENT = _environment()


@cache
def page(name: str) -> str:
    template, context = EVERY[name]
    return ENVIRONMENT.get_template(template).render(context)
