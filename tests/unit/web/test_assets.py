"""A browser keeps our files for ever, so that each has a new address when it changes."""

from __future__ import annotations

from server.app import TEMPLATES
from server.assets import BASE, Assets


def test_an_address_is_new_with_the_content_and_with_nothing_else(tmp_path):
    file = tmp_path / "icons.svg"
    file.write_text("<svg/>")
    before = Assets(tmp_path).url("icons.svg")
    assert before.startswith("/static/app/icons.svg?")
    assert Assets(tmp_path).url("icons.svg") == before
    file.write_text("<svg></svg>")
    assert Assets(tmp_path).url("icons.svg") != before


def test_no_page_names_a_file_by_hand():
    """Such an address would be kept with what was in it the first time."""
    pages = sorted(TEMPLATES.rglob("*.html"))
    assert len(pages) > 20
    assert [page.name for page in pages if BASE in page.read_text()] == []
