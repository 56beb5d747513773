"""How the suite is spread over processes."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

# Files that look at one night between them.
SHARED_NIGHTS = {
    "tests/integration/test_company.py": "the simulated company's night",
    "tests/integration/test_company_schemes.py": "the simulated company's night",
    "tests/integration/test_read_the_marts.py": "the small company's night",
    "tests/integration/test_small_company.py": "the small company's night",
    "tests/integration/test_dagster_tells.py": "the small company's night",
    "tests/integration/test_operations.py": "the small company's night",
    "tests/integration/test_refusals.py": "the small company's night",
}


class ByNight(LoadFileScheduling):
    """A file stays in one process, and so do all files that look at the same night.

    A night takes half a minute or more; in two processes it would run twice.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return SHARED_NIGHTS.get(file, file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByNight:
    return ByNight(config, log)
