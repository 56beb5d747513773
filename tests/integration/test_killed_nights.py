"""A night that is killed at any instant leaves the old version served and the next night clean."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pandas as pd
import pytest

from orchestration.ingestion.lake import Lake
from orchestration.publishing.manifest import verify
from orchestration.publishing.version_store import VersionStore
from tests.support import nights, small_company

# Minutes of kills: `make test-slow`.
pytestmark = pytest.mark.slow

KILLS = 6
# Seconds from start to end of a night on a slow machine; kills are spread over all of it.
LONGEST = 32.0


def mart_bytes(folder: Path) -> dict[str, str]:
    files = [path for path in folder.glob("*.parquet") if path.stem != "data_quality"]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_killed_nights_harm_nothing(small_night: nights.Night, tmp_path: Path) -> None:
    company, home = tmp_path / "company", tmp_path / "home"
    shutil.copytree(small_night.deployment.config_path.parent, company)
    shutil.copytree(small_night.deployment.home.root, home, symlinks=True)
    # A second day's file to load, so that the lake is written to as well.
    lines = small_company.order_lines()
    more = lines.assign(order_id="late-" + lines["order_id"]).head(60)
    more.to_csv(company / "late_lines.csv", index=False)
    config = company / "tessera.yml"
    config.write_text(
        config.read_text(encoding="utf-8").replace("[order_lines.csv]", "[order_lines.csv, late_lines.csv]"),
        encoding="utf-8",
    )
    store = VersionStore(home / "published")
    before = mart_bytes(store.current().path)
    draw = random.Random(2024)
    ended = 0
    for kill in range(KILLS):
        night = subprocess.Popen(
            [str(nights.TESSERA), "run", "--config", str(config), "--home", str(home)],
            cwd=tmp_path,
            env=nights.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + (kill + draw.random()) * LONGEST / KILLS
        while time.monotonic() < deadline and night.poll() is None:
            time.sleep(0.02)
        ended += night.poll() is not None
        os.killpg(night.pid, signal.SIGKILL) if night.poll() is None else None
        night.wait()
        served = store.current()
        assert verify(served.path) == ()
        # A kill after the swap leaves the new version, one before it the old; never anything else.
        assert mart_bytes(served.path) == before or len(pd.read_parquet(served.path / "customers.parquet")) == 252
        batches = Lake(home / "lake").live_batches("transactions__order_lines")
        assert all(len(pd.read_parquet(Lake(home / "lake").rows_path(batch))) == batch.good for batch in batches)
    assert ended < KILLS, "every night ended before its kill: raise LONGEST"
    clean = nights.run(config, home)
    assert clean.outcome.exit_code == 0, clean.outcome.errors
    revenue = clean.mart("select cast(sum(net_revenue_amount) as double) as r from customers")["r"][0]
    fresh = nights.run(config, tmp_path / "fresh")
    assert revenue == fresh.mart("select cast(sum(net_revenue_amount) as double) as r from customers")["r"][0]
    assert not list((home / "lake" / ".tmp").glob("*"))
    assert not list((home / "published").glob(".building-*"))
