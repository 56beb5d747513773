"""How the suite is spread over processes."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

# Files that look at the nights of the simulated and the small company, of which one asks both.
SHARED_NIGHTS = tuple(
    f"tests/integration/test_{name}"
    for name in ("company", "small_company", "read_the_marts", "dagster_tells", "operations", "refusals")
)


class ByNight(LoadFileScheduling):
    """A file stays in one process, and so do all files that look at the same night or at dbt's whole manifest.

    A night takes half a minute or more, parsing the project nearly as long; in two processes they would be made twice.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        if file.startswith("tests/architecture/"):
            return "the whole manifest"
        return "the companies' nights" if file.startswith(SHARED_NIGHTS) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByNight:
    return ByNight(config, log)
