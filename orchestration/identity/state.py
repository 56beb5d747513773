"""What one night leaves to the next: who was who, how it was decided, and the model it was decided with.

Belongs here: the files of a state, written once under the digest of their content. Does not belong here: what is in
them, and which state is the current one (the manifest of the served version says so).

The state is of value: the warehouse can be built again without it, customer ids could not. A night that is refused or
killed leaves a state that no version names; it is swept away later, and the next night starts from the served one.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.sql_quoting import identifier, path
from orchestration.errors import TesseraError
from orchestration.publishing.durable import sync_path, sync_tree

# Tables of a state and their columns; each is a Parquet file.
STATE_TABLES: dict[str, str] = {
    "members": "profile_id varchar, customer_id varchar, valid_from date, valid_to date",
    "customers": "customer_id varchar, created_on date, founder varchar, merged_into varchar, merged_on date",
    "ledger": "night date, event varchar, customer_id varchar, other_id varchar, profiles bigint, records bigint, "
    "reason varchar, evidence varchar",
    "scores": "left_id varchar, right_id varchar, weight double, probability double, is_vetoed boolean",
    "terms": "name varchar, term varchar, share double",
    "names": "kind varchar, word varchar, bearers bigint",
    "blocked": "kind varchar, value varchar, reason varchar",
    "links": "left_id varchar, right_id varchar, kind varchar, strength double, value varchar",
    "refused_links": "left_id varchar, right_id varchar, kind varchar, strength double, reason varchar",
    "shared_values": "kind varchar, value varchar, profiles bigint, status varchar, reason varchar",
    "review_pairs": "position bigint, left_record varchar, right_record varchar, left_id varchar, right_id varchar, "
    "probability double, weight double, reason varchar, records bigint",
    "company_members": "profile_id varchar, customer_id varchar, valid_from date, valid_to date",
    "company_customers": "customer_id varchar, created_on date, founder varchar, merged_into varchar, merged_on date",
}
_ABOUT = "about.json"
# Raised when tables or their meaning change, so that an old state is not taken for a new one.
STATE_RULES = 1


@dataclass(frozen=True)
class State:
    """A kept state: its name, and what was written about it (night, model, last full run)."""

    name: str
    folder: Path
    about: dict[str, Any]


class StateStore:
    """States under ``identity/<digest>/``."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def keep(self, connection: duckdb.DuckDBPyConnection, about: Mapping[str, Any]) -> str:
        """Write the tables ``state_<name>`` of the connection as a state and return its name.

        The same content gives the same name, and is written once.
        """
        building = self._root / "building"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        for name in STATE_TABLES:
            target = building / f"{name}.parquet"
            connection.execute(f"copy (from {identifier(f'state_{name}')}) to {path(target)} (format parquet)")
        (building / _ABOUT).write_text(
            json.dumps({"rules": STATE_RULES, **about}, sort_keys=True, indent=1), encoding="utf-8"
        )
        name = _digest(building)
        target = self._root / name
        if target.exists():
            shutil.rmtree(building)
        else:
            sync_tree(building)
            building.replace(target)
            sync_path(self._root)
        return name

    def load(self, name: str) -> State:
        """Read what a state says about itself.

        Raises:
            TesseraError: It is not there or not as it was written, or was written by other rules.
        """
        folder = self._root / name
        try:
            about: dict[str, Any] = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
            rules = about["rules"]
            found = _digest(folder)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _unreadable(folder, str(error)) from error
        if rules != STATE_RULES:
            raise TesseraError(
                f"the identity state {name} was written by another version of Tessera",
                expected=f"rules {STATE_RULES}",
                found=str(rules),
                fix="run the version of Tessera that wrote it",
            )
        if found != name:
            raise _unreadable(folder, f"other content, whose digest is {found}")
        return State(name, folder, about)

    def open(self, connection: duckdb.DuckDBPyConnection, state: State | None) -> None:
        """Make the tables ``previous_<name>``: those of the state, or empty ones where there is none."""
        for name, columns in STATE_TABLES.items():
            connection.execute(f"create or replace table {identifier(f'previous_{name}')} ({columns})")
            if state is not None:
                file = state.folder / f"{name}.parquet"
                connection.execute(f"insert into {identifier(f'previous_{name}')} from read_parquet({path(file)})")

    def prune(self, keep: Collection[str]) -> None:
        """Delete the states that are not in ``keep``."""
        if self._root.is_dir():
            for folder in self._root.iterdir():
                if folder.is_dir() and folder.name not in keep:
                    shutil.rmtree(folder)


def _digest(folder: Path) -> str:
    """What a state is called by: a digest of its files."""
    digest = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        digest.update(file.name.encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _unreadable(folder: Path, found: str) -> TesseraError:
    return TesseraError(
        f"the identity state {folder.name} of the served version cannot be read",
        expected=f"{folder} with {_ABOUT} and {len(STATE_TABLES)} tables, as they were written",
        found=found,
        fix="put the folder back from a back-up; without it customers would get new ids. To let them, roll back "
        "to a version whose state is there, or remove published and start anew",
    )
