"""Web knows its one name, or does not start (T-22, C-16, C-33)."""

from __future__ import annotations

import pytest

from config.settings import SettingsRefused, WebSettings
from tests.unit.house.test_settings import WEB


def loaded(**told: str) -> WebSettings:
    return WebSettings.load({**WEB, **{f"MOORING_{name}": v for name, v in told.items()}})


def test_the_host_is_the_one_of_the_base_address():
    assert loaded().hosts[0] == "visits.example"
    assert "other.example" not in loaded().hosts


@pytest.mark.check("C-16")
@pytest.mark.parametrize(
    "address",
    ["", "visits.example", "https://", "https://*", "https://visits.example/", "ftp://x.example",
     "https://visits.example/app", "https://a@visits.example", "https://visits.example?x",
     "https://visits.example\n", "https://Visits.example"],
)  # fmt: skip
def test_it_does_not_start_without_one_exact_origin(address):
    with pytest.raises(SettingsRefused, match="MOORING_BASE_URL"):
        loaded(BASE_URL=address)


@pytest.mark.check("C-33")
def test_outside_the_demo_it_does_not_start_over_plain_http():
    with pytest.raises(SettingsRefused, match="MOORING_BASE_URL"):
        loaded(BASE_URL="http://visits.example")
    assert loaded(BASE_URL="http://localhost:8000", DEMO="true").hosts[0] == "localhost"


@pytest.mark.check("C-16")
@pytest.mark.parametrize("names", ['["*"]', '[".example"]', '[""]', '["*.example"]', '["a/b"]'])
def test_no_further_name_stands_for_many(names):
    with pytest.raises(SettingsRefused, match="MOORING_TRUSTED_HOSTS"):
        loaded(TRUSTED_HOSTS=names)


@pytest.mark.check("C-35")
@pytest.mark.parametrize("proxies", ['["*"]', '["10.0.0.0/8"]', '["proxy.inner"]', '[""]'])
def test_whom_we_believe_about_an_address_is_named_by_address(proxies):
    with pytest.raises(SettingsRefused, match="MOORING_TRUSTED_PROXIES"):
        loaded(TRUSTED_PROXIES=proxies)
