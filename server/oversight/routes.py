"""The auditor's page: search the record, see whether it holds, copy it (CLINICAL.md §7)."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from server.audit import service as audit
from server.audit.chain import key_of
from server.doors import door
from server.errors import Invalid, NotFound
from server.http import actor, now, reading, reading_on_record, settings
from server.oversight import asked as asking
from server.oversight import copies, search, standing, words
from server.oversight.asked import Asked
from server.people import queries as people

NO_NAME = (("system:-", "The house"), ("nobody:-", "Nobody signed in"))
bp = Blueprint("oversight", __name__, url_prefix="/audit")


@bp.get("")
@door("audit:read")
def record() -> ResponseReturnValue:
    """Fifty rows of a search, what they add up to, and whether the record holds."""
    try:
        with reading_on_record() as session:
            asked = _asked(session)
            audit.record_read(session, actor(), "audit:search", _clinic_id(), now=now())
            shown = _shown(session, asked)
    except Invalid as refused:
        return _page(errors=refused.facts["fields"], values=request.args), 422
    return _page(**shown)


@bp.get("/copy")
@door("audit:export")
def copy() -> Response:
    """The whole of a search as CSV; that it was taken is on record, too."""
    with reading_on_record() as session:
        asked = _asked(session)
        found = search.count(session, actor(), asked).rows
        if found > search.MOST_IN_A_COPY:
            raise Invalid(
                f"That is {found} rows; a copy holds {search.MOST_IN_A_COPY}. "
                "Please choose fewer days.",
                code="too-much",
            )
        rows = search.all_of(session, actor(), asked)
        text = copies.as_csv(rows, search.staff(session, actor()))
        days = f"{asked.first:%Y%m%d}-{asked.last:%Y%m%d}"
        audit.record(session, actor(), "audit:copy", days, now=now(), reason=f"{found} rows")
    answer = Response(text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="record-{days}.csv"'
    return answer


def _asked(session: Session) -> Asked:
    zone = people.clinic(session, _clinic_id()).timezone
    return asking.read(request.args, zone, now=now())


def _shown(session: Session, asked: Asked) -> dict[str, Any]:
    key, told = key_of(settings()), settings()
    rows = search.page(session, actor(), asked)
    return {
        "asked": asked,
        "rows": rows,
        "broken": standing.broken(rows, key),
        "counts": search.count(session, actor(), asked),
        "standing": standing.standing(session, _clinic_id(), told.anchor_file, key),
        "values": asked.address(),
        "errors": {},
    }


def _page(**shown: Any) -> str:
    with reading() as session:
        staff = search.staff(session, actor())
    return render_template(
        "oversight/record.html",
        staff=staff,
        staff_options=[*((f"staff:{who}", name) for who, name in staff.items()), *NO_NAME],
        families=[(tag, heading) for tag, (heading, _) in words.FAMILIES.items()],
        sorts=list(asking.SORTS.items()),
        decisions=list(asking.DECISIONS.items()),
        words=words,
        here="audit",
        **shown,
    )


def _clinic_id() -> uuid.UUID:
    clinic_id = actor().clinic_id
    if clinic_id is None:
        raise NotFound
    return clinic_id
