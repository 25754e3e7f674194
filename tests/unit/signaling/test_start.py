"""What the process refuses to start with (C-16)."""

import json

import pytest
from joserfc.jwk import OKPKey

from config.settings import SettingsRefused, SignalingSettings
from signaling.app import create_app


def settings(origins):
    key = OKPKey.generate_key("Ed25519")
    return SignalingSettings.model_construct(
        demo=False, node="n1", origins=origins, web_url="http://127.0.0.1:1",
        listen="127.0.0.1:1", control_listen="127.0.0.1:3", max_sockets=10, log_level="INFO",
        ticket_public_key=json.dumps(key.as_dict(private=False)), reporter_private_key=None,
    )  # fmt: skip


@pytest.mark.check("C-16")
@pytest.mark.parametrize(
    "origins",
    [
        None, [], "", "*", ["*"], [""], [None], ["https://clinic.example", "*"],
        ["https://*.clinic.example"], ["clinic.example"], ["https://clinic.example/"],
        "https://clinic.example", ["null"],
    ],
    ids=str,
)  # fmt: skip
def test_an_origin_setting_that_checks_nothing_does_not_start(origins):
    with pytest.raises(SettingsRefused, match="MOORING_ORIGINS"):
        create_app(settings(origins))
