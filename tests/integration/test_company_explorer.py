"""The explorer of the simulated company's night."""

from __future__ import annotations

from orchestration.explorer.page import EXPLORER_NAME
from orchestration.publishing.manifest import read_manifest
from tests.support import browser as chromium
from tests.support import nights
from tests.support.explored.numbers import assert_numbers_are_of_the_marts, numbers


def test_every_published_version_has_its_page_and_its_hash(company: nights.Night) -> None:
    assert company.served is not None
    assert EXPLORER_NAME in read_manifest(company.served.path).files


def test_numbers_on_the_screen_are_those_of_the_nights_marts(company: nights.Night) -> None:
    assert company.served is not None
    with chromium.started() as browser, chromium.opened(browser, company.served.path / EXPLORER_NAME) as found:
        for at in ({"scheme": "rfm"}, {"scheme": "lifecycle", "segment": "lead"}, {"scheme": "clusters"}):
            found.choose(**at)
            found.draw_all()
            shown = numbers(found)
            assert len(shown) > 100
            assert_numbers_are_of_the_marts(company.served.path, shown)
        assert found.complaints == []
        assert found.requests == []
