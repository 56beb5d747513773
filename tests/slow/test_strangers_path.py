"""Somebody who has never seen the project clones it, runs it, breaks it and gets it back, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import strangers_path
from scripts.chromium import chromium_path

pytestmark = pytest.mark.slow


def test_a_stranger_gets_from_a_clone_to_a_rollback(tmp_path: Path) -> None:
    if chromium_path() is None:
        pytest.skip("NO BROWSER: the stranger's path is NOT WALKED; install chromium")
    strangers_path.main(tmp_path)
    pictures = sorted(picture.stem for picture in (tmp_path / "pictures").glob("*.png"))
    assert [name.split("-")[0] for name in pictures] == list("12345678")
