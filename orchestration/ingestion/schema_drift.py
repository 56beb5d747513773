"""How the columns of a delivery differ from the contract and from the delivery before.

Belongs here: finding the differences, and refusing those that the contract does not tolerate. Does not belong here:
required columns and types that cannot be read; those turn a file away whatever the policy (csv_gate.py, the readers).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data_contracts.contract import Contract
from orchestration.ingestion.file_errors import FileRejectedError


@dataclass(frozen=True)
class SchemaDrift:
    """Differences in columns, by their names in the source.

    Attributes:
        new: Columns the contract does not have; they are left out.
        missing: Optional columns of the contract that the file does not have; they are null.
        appeared: Columns the delivery before did not have.
        disappeared: Columns the delivery before had.
        changed_types: Columns of another type than before, as ``name: before -> now``.
        reordered: True when the columns both have stand in another order.
    """

    new: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    appeared: tuple[str, ...] = ()
    disappeared: tuple[str, ...] = ()
    changed_types: tuple[str, ...] = ()
    reordered: bool = False

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> SchemaDrift:
        """Read what ``asdict`` wrote, whether it has been through JSON or not."""
        lists = {key: tuple(value) for key, value in written.items() if isinstance(value, list | tuple)}
        return cls(**lists, reordered=bool(written.get("reordered", False)))

    @property
    def since_last_delivery(self) -> tuple[str, ...]:
        """What changed since the delivery before, each as a sentence."""
        told = []
        if self.appeared:
            told.append(f"new columns: {', '.join(self.appeared)}")
        if self.disappeared:
            told.append(f"columns gone: {', '.join(self.disappeared)}")
        if self.changed_types:
            told.append(f"types changed: {', '.join(self.changed_types)}")
        if self.reordered:
            told.append("columns in another order")
        return tuple(told)


def find_drift(contract: Contract, columns: Mapping[str, str], before: Mapping[str, str] | None) -> SchemaDrift:
    """Compare the columns of a file (name to type, in order) with the contract and with the delivery before."""
    known = {column.source_name for column in contract.columns}
    new = tuple(name for name in columns if name not in known)
    missing = tuple(column.source_name for column in contract.columns if column.source_name not in columns)
    if before is None:
        return SchemaDrift(new, missing)
    return SchemaDrift(
        new=new,
        missing=missing,
        appeared=tuple(name for name in columns if name not in before),
        disappeared=tuple(name for name in before if name not in columns),
        changed_types=tuple(
            f"{name}: {before[name]} -> {kind}"
            for name, kind in columns.items()
            if name in before and before[name] != kind
        ),
        reordered=_common(columns, before) != _common(before, columns),
    )


def check_drift(contract: Contract, drift: SchemaDrift, *, file: str) -> None:
    """Refuse a file whose columns drifted in a way that the contract does not tolerate.

    Raises:
        FileRejectedError: New, missing or reordered columns where the contract says refuse.
    """
    policy = contract.rules.drift
    faults = (
        (policy.new_columns, drift.new, "newColumns", "columns beyond the contract"),
        (policy.missing_columns, drift.missing, "missingColumns", "columns of the contract missing"),
        (policy.reordered_columns, ("order",) * drift.reordered, "reorderedColumns", "columns in another order"),
    )
    for answer, names, rule, what in faults:
        if answer == "refuse" and names:
            raise FileRejectedError(
                f"{file}: {what}",
                expected=f"no such change, since {contract.name} says {rule}: refuse",
                found=", ".join(names) if rule != "reorderedColumns" else "another order than in the delivery before",
                fix=f"have the source restore its columns, or change the contract {contract.name}",
            )


def _common(these: Mapping[str, str], those: Mapping[str, str]) -> Sequence[str]:
    return [name for name in these if name in those]
