"""Scenarios as data: one file each under ``identity``, read here and compared with what matching makes of them.

A file lists nights. Each adds ``profiles`` to those before and takes away those in ``without``; ``decisions`` stand
from their night until another night lists them anew. What is expected of a night:

* ``customers``: the founder of every customer (the id is its digest) and the profiles that are theirs;
* ``ledger``: the rows it adds: event, customer and other one by their founders, reason, evidence;
* ``stopped``: identifiers that link nobody or are shared: kind, value, status;
* ``refused``: reasons of refused links; ``review``: pairs of records that a person should look at; ``waiting``: how
  many decisions are about records that are not there.

What is not written is not looked at, except ``customers``, which every night has, and ``ledger``, which is empty then.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration.configuration.identity_settings import Identity
from orchestration.identity.customer_ids import digest
from orchestration.identity.overrides import Override
from tests.support.profiles import FAMILY, GIVEN, Morning, Profile, decision, profile

FOLDER = Path(__file__).parent / "identity"
FIRST_NIGHT = dt.date(2026, 3, 1)
_ADDRESS = re.compile(r"(?P<street>.+?)(?: (?P<house_number>\d+))?, (?P<postal_code>\d+) (?P<city>.+)")
_EXPECTED = {"customers", "ledger", "stopped", "refused", "review", "waiting"}
_GIVEN = {"profiles", "without", "decisions", "date"}


@dataclass
class Night:
    """What is there on a night, and what is expected of it."""

    date: dt.date
    profiles: list[Profile]
    decisions: list[Override]
    expected: dict[str, Any]


@dataclass
class Scenario:
    """A scenario, night by night."""

    name: str
    rules: Identity
    is_among_people: bool
    nights: list[Night] = field(default_factory=list)


def read_scenarios() -> list[Scenario]:
    return [_read(file) for file in sorted(FOLDER.glob("*.yml"))]


def _read(file: Path) -> Scenario:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    scenario = Scenario(
        file.stem, Identity(**content.get("settings", {})), is_among_people=content.get("among_people", False)
    )
    profiles: dict[str, Profile] = {}
    decisions: list[Override] = []
    for number, night in enumerate(content["nights"]):
        assert set(night) <= _EXPECTED | _GIVEN, f"{file.name} night {number + 1}"
        for name, columns in night.get("profiles", {}).items():
            profiles.update(_profiles(name, **columns))
        for name in night.get("without", []):
            del profiles[name]
        if "decisions" in night:
            decisions = [decision(*words) for words in night["decisions"]]
        date = night.get("date", FIRST_NIGHT + dt.timedelta(days=number))
        expected = {name: night[name] for name in _EXPECTED if name in night}
        scenario.nights.append(Night(date, list(profiles.values()), decisions, expected))
    return scenario


def _profiles(name: str, *, times: int = 1, **columns: Any) -> dict[str, Profile]:
    """One profile, or so many with a number, a given and a family name of their own."""
    made = {}
    for n in range(times):
        words = {"n": n + 1, "given": GIVEN[n % len(GIVEN)], "family": FAMILY[n % len(FAMILY)]}
        filled = {key: value.format(**words) if isinstance(value, str) else value for key, value in columns.items()}
        made[name.format(**words)] = _profile(name.format(**words), **filled)
    return made


def _profile(
    name: str, *, person: str | None = None, address: str | None = None, seen: Any = None, **columns: Any
) -> Profile:
    if person:
        columns["first_name"], _, columns["last_name"] = person.rpartition(" ")
    if address:
        columns |= _ADDRESS.fullmatch(address).groupdict()  # type: ignore[union-attr]
    if seen:
        columns["first_seen_at"], columns["last_seen_at"] = seen if isinstance(seen, list) else (seen, seen)
    if "customer_ref" in columns:
        columns.setdefault("ref_source_name", columns["customer_ref"].split(":")[0])
    return profile(name, **columns)


def customer_of(founder: str) -> str:
    return digest("c_", founder)


def expected_customers(night: Night) -> dict[str, str]:
    return {name: customer_of(founder) for founder, members in night.expected["customers"].items() for name in members}


def told(morning: Morning, night: Night) -> dict[str, Any]:
    """What the night made of everything that is expected of it, in the words of the file."""
    found: dict[str, Any] = {
        "ledger": sorted(
            morning.rows(
                f"select event, customer_id, other_id, reason, evidence from ledger where night = date '{night.date}'"
            )
        )
    }
    if "stopped" in night.expected:
        found["stopped"] = set(morning.rows("select kind, value, status from identifiers where status <> 'free'"))
    if "refused" in night.expected:
        found["refused"] = sorted(reason for (reason,) in morning.rows("select distinct reason from refused_links"))
    if "review" in night.expected:
        found["review"] = {
            frozenset(pair) for pair in morning.rows("select left_record, right_record from review_pairs")
        }
    if "waiting" in night.expected:
        found["waiting"] = morning.matched.waiting_overrides
    return found


def wanted(night: Night) -> dict[str, Any]:
    """The same as ``told``, as the file has it."""
    forms = {
        "stopped": lambda rows: {tuple(row) for row in rows},
        "refused": sorted,
        "review": lambda rows: {frozenset(row) for row in rows},
        "waiting": int,
    }
    ledger = [ledger_row(row) for row in night.expected.get("ledger", [])]
    return {
        "ledger": sorted(ledger),
        **{name: form(night.expected[name]) for name, form in forms.items() if name in night.expected},
    }


def ledger_row(row: Iterable[Any]) -> tuple[Any, ...]:
    event, customer, other, reason, evidence = row
    return event, customer_of(customer), customer_of(other), reason, evidence
