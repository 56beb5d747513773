"""What the tests of lifetime value share.

Belongs here: the CDNOW data, read once. Does not belong here: assertions.
"""

from __future__ import annotations

import pytest

from tests.support.cdnow import Cdnow, read_cdnow


@pytest.fixture(scope="session")
def cdnow() -> Cdnow:
    """The data of the papers."""
    return read_cdnow()
