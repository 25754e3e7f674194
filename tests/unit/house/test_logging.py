"""C-31: no log line holds a person, whoever writes it and whatever went wrong."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from config.logging import configure

CANARY = "canary-of-morgan"


@pytest.fixture
def lines():
    """What was written, line by line, as JSON."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure("DEBUG", process="web")
    into = io.StringIO()
    (ours,) = root.handlers
    ours.setStream(into)
    yield lambda: [json.loads(line) for line in into.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.check("C-31")
def test_an_event_carries_only_fields_on_the_list(lines):
    structlog.get_logger("web").info("not-sent", code="gone", name=CANARY, email=CANARY)
    (line,) = lines()
    assert (line["event"], line["code"], line["log"]) == ("not-sent", "gone", "web")
    assert CANARY not in str(line)


@pytest.mark.check("C-31")
def test_a_crash_is_told_by_kind_and_places_never_by_its_words(lines):
    try:
        raise ValueError(CANARY)
    except ValueError:
        structlog.get_logger("web").error("crash", exc_info=True)
    (line,) = lines()
    assert line["error"] == "ValueError"
    assert line["where"][-1].startswith("test_logging.py")
    assert CANARY not in str(line)


@pytest.mark.check("C-31")
def test_a_library_is_reduced_to_its_template_and_numbers(lines):
    log = logging.getLogger("some.library")
    log.warning("request %s took %d ms", f"/v/{CANARY}", 12)
    log.warning("%s said so", ValueError(CANARY))
    log.error(ValueError(CANARY))
    try:
        raise KeyError(CANARY)
    except KeyError:
        log.exception("failed")
    written = lines()
    assert CANARY not in str(written)
    assert written[0]["event"] == "request %s took %d ms"
    assert written[0]["count"] == 12


def test_a_string_that_was_filled_in_before_logging_is_not_ours_to_catch(lines):
    """Hence the lint rule against f-strings in logs; libraries known to do it are silenced."""
    for name in ("sqlalchemy.engine", "httpx", "werkzeug", "aioice"):
        logging.getLogger(name).info(f"GET /v/{CANARY}")
    assert CANARY not in str(lines())
