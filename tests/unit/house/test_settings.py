"""Each process is told only what it needs, and refuses to start on anything else."""

from __future__ import annotations

import json

import pytest

from config.settings import MediaSettings, SettingsRefused, SignalingSettings, WebSettings

LONG = "k" * 40
SIGNALING = {
    "MOORING_ORIGINS": '["https://visits.example"]',
    "MOORING_TICKET_PUBLIC_KEY": "{}",
    "MOORING_REPORTER_PRIVATE_KEY": LONG,
    "MOORING_WEB_URL": "http://127.0.0.1:8000",
}
WEB = {
    "MOORING_BASE_URL": "https://visits.example",
    "MOORING_DATABASE_URL": "sqlite:///x.db",
    "MOORING_DATA_DIR": "/var/lib/mooring",
    "MOORING_SECRET_KEY": LONG,
    "MOORING_AUDIT_KEY": LONG,
    "MOORING_TICKET_PRIVATE_KEY": LONG,
    "MOORING_SIGNALING_PUBLIC_KEY": "{}",
    "MOORING_SIGNALING_NODES": json.dumps(
        {"n1": {"public_url": "wss://visits.example", "control_url": "http://127.0.0.1:1"}}
    ),
}


def refusal(process, environ):
    with pytest.raises(SettingsRefused) as refused:
        process.load(environ)
    return str(refused.value)


def test_it_works():
    assert SignalingSettings.load(SIGNALING).origins == ["https://visits.example"]
    assert WebSettings.load(WEB).signaling_nodes["n1"].control_url == "http://127.0.0.1:1"


@pytest.mark.parametrize(
    "name", ["MOORING_DATABASE_URL", "MOORING_TICKET_PRIVATE_KEY", "MOORING_SECRET_KEY"]
)
@pytest.mark.parametrize("process", [SignalingSettings, MediaSettings])
def test_signaling_and_media_do_not_start_knowing_the_database_or_webs_keys(process, name):
    assert name in refusal(process, {**SIGNALING, name: LONG})


def test_an_unknown_name_refuses_to_boot_and_is_named():
    assert "MOORING_TICKET_LIFE" in refusal(WebSettings, {**WEB, "MOORING_TICKET_LIFE": "60"})


@pytest.mark.parametrize("secret", ["", "short", "demo-" + "x" * 60])
@pytest.mark.parametrize("name", ["MOORING_SECRET_KEY", "MOORING_TICKET_PRIVATE_KEY"])
def test_a_missing_default_or_short_secret_refuses_to_boot_and_is_named(name, secret):
    assert name in refusal(WebSettings, {**WEB, name: secret})


def test_the_demo_may_be_careless():
    careless = {**WEB, "MOORING_DEMO": "true", "MOORING_SECRET_KEY": "demo"}
    assert WebSettings.load(careless).demo


def test_a_secret_may_come_from_a_file(tmp_path):
    file = tmp_path / "key"
    file.write_text(LONG + "\n")
    told = {k: v for k, v in WEB.items() if k != "MOORING_SECRET_KEY"}
    loaded = WebSettings.load({**told, "MOORING_SECRET_KEY_FILE": str(file)})
    assert loaded.secret_key.get_secret_value() == LONG
    told["MOORING_SECRET_KEY_FILE"] = str(tmp_path / "gone")
    assert "MOORING_SECRET_KEY_FILE" in refusal(WebSettings, told)


def test_a_refusal_never_shows_the_value():
    assert "hunter2" not in refusal(WebSettings, {**WEB, "MOORING_SECRET_KEY": "hunter2"})


def test_private_candidates_are_for_the_demo_only():
    told = {
        "MOORING_ORIGINS": '["https://visits.example"]',
        "MOORING_TICKET_PUBLIC_KEY": "{}",
        "MOORING_ALLOW_PRIVATE_CANDIDATES": "true",
    }
    assert "ALLOW_PRIVATE" in refusal(MediaSettings, told)
    assert MediaSettings.load({**told, "MOORING_DEMO": "true"}).allow_private_candidates
