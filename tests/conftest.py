"""How the suite is spread over processes."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

# Files that look at the same nights: of the simulated and the small company, of which one asks both, and of the small
# company with every family of sources.
SHARED_NIGHTS = {
    "the companies' nights": ("company", "small_company", "read_the_marts", "dagster_tells", "operations", "refusals"),
    "the nights with every family": ("kept_dates", "time_and_order"),
}


class ByNight(LoadFileScheduling):
    """A file stays in one process, and so do all files that look at the same night or at dbt's whole manifest.

    A night takes half a minute or more, parsing the project nearly as long; in two processes they would be made twice.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        if file.startswith("tests/architecture/"):
            return "the whole manifest"
        for shared, names in SHARED_NIGHTS.items():
            if file.startswith(tuple(f"tests/integration/test_{name}" for name in names)):
                return shared
        return file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByNight:
    return ByNight(config, log)
