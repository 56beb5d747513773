"""Servers on this machine, and a notice for them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from orchestration.notices.ledger import NoticeLedger
from orchestration.notices.notice import Notice


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost with its key; nobody vouches for it."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run([*command.split(), "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


@pytest.fixture
def notice() -> Notice:
    return Notice(
        event="published",
        run_id="run-1",
        title="Linden & Loom: customer segments",
        text="Linden & Loom\n\n• Loyal <!channel> grew, ask @here → tessera audiences\n",
        html="<p>Linden &amp; Loom</p>",
        facts={"version": "v000007", "customers": 400},
    )


@pytest.fixture
def ledger(tmp_path: Path) -> NoticeLedger:
    return NoticeLedger(tmp_path / "notices" / "sent.jsonl")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on this machine is asked directly."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
