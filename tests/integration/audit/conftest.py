"""What an operator's shell knows."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from config.settings import WebSettings
from server.cli import main


@pytest.fixture
def environment(settings: WebSettings) -> dict[str, str]:
    """The settings as an operator's shell has them."""
    nodes = {name: node.model_dump() for name, node in settings.signaling_nodes.items()}
    told = {
        "DEMO": "true",
        "BASE_URL": settings.base_url,
        "DATABASE_URL": settings.database_url,
        "DATA_DIR": str(settings.data_dir),
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "AUDIT_KEY": settings.audit_key.get_secret_value(),
        "TICKET_PRIVATE_KEY": settings.ticket_private_key.get_secret_value(),
        "SIGNALING_PUBLIC_KEY": settings.signaling_public_key,
        "SIGNALING_NODES": json.dumps(nodes),
    }
    return {f"MOORING_{name}": value for name, value in told.items()}


@pytest.fixture
def mooring(environment: dict[str, str]):
    """`mooring("audit", "verify")`, as an operator would type it."""
    return lambda *words: CliRunner().invoke(main, words, env=environment)
