"""What `mooring up` tells each process, and what it keeps to itself."""

from __future__ import annotations

import stat

import pytest

from config.settings import MediaSettings, SignalingSettings, WebSettings
from server.commands.house import House, surroundings


@pytest.fixture
def house(tmp_path) -> House:
    """A house with its keys made."""
    house = House(tmp_path / "var", 8100)
    house.make_keys()
    return house


def test_each_process_starts_with_what_it_is_told(house):
    assert WebSettings.load(house.web({})).base_url == "http://localhost:8100"
    assert SignalingSettings.load(house.signaling({})).listen == "127.0.0.1:8101"
    assert MediaSettings.load(house.media({})).port == 8102


def test_signaling_and_media_learn_of_no_database_and_no_key_of_web(house):
    told = {"MOORING_DATABASE_URL": "postgresql://canary", "MOORING_SECRET_KEY": "canary"}
    for environment in (house.signaling(told), house.media(told)):
        words = " ".join(f"{name}={value}" for name, value in environment.items())
        assert "canary" not in words
        assert "DATABASE" not in words
        assert "web.jwk" not in words


def test_what_the_operator_sets_wins(house):
    told = {
        "MOORING_DATABASE_URL": "postgresql+psycopg://db/mooring",
        "MOORING_MAX_SOCKETS": "9",
        "MOORING_TURN_SECRET_FILE": "/run/turn",
    }
    assert house.web(told)["MOORING_DATABASE_URL"] == "postgresql+psycopg://db/mooring"
    assert house.web(told)["MOORING_TURN_SECRET_FILE"] == "/run/turn"
    assert house.signaling(told)["MOORING_MAX_SOCKETS"] == "9"


def test_a_secret_set_plainly_replaces_the_file_of_ours(house):
    told = house.web({"MOORING_SECRET_KEY": "x" * 40})
    assert "MOORING_SECRET_KEY_FILE" not in told


def test_keys_are_ours_alone_and_stay_the_same(house):
    before = {file.name: file.read_text() for file in house.keys.iterdir()}
    house.make_keys()
    assert before == {file.name: file.read_text() for file in house.keys.iterdir()}
    assert stat.S_IMODE(house.keys.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in house.keys.iterdir()} == {0o600}


def test_nothing_of_our_own_environment_leaks_into_a_process():
    kept = surroundings({"PATH": "/bin", "AWS_SECRET": "canary", "MOORING_DEMO": "true"})
    assert kept == {"PATH": "/bin", "PYTHONUNBUFFERED": "1"}
