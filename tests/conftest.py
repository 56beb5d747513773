"""How the suite is spread over processes."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling


class ByNight(LoadFileScheduling):
    """A file stays in one process, and so do all files that look at the night of the simulated company.

    A night takes a minute or more; in two processes it would run twice.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "the company's night" if file.startswith("tests/integration/test_company") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByNight:
    return ByNight(config, log)
