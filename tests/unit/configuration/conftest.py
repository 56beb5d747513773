"""The project's contracts, read once: reading and validating them costs half a second, and they are frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import pytest

from data_contracts.contract import Contract, load_contracts
from orchestration.configuration import deployment


@pytest.fixture(scope="session", autouse=True)
def contracts_read_once() -> Iterator[None]:
    @lru_cache
    def read(folder: Path, repeated: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, Contract]:
        return load_contracts(folder, repeated=dict(repeated))

    def load(folder: Path, *, repeated: Mapping[str, Sequence[str]] | None = None) -> dict[str, Contract]:
        return dict(read(folder, tuple((name, tuple(values)) for name, values in (repeated or {}).items())))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deployment, "load_contracts", load)
        yield
