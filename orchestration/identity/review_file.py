"""The file of doubtful pairs that people fill in: a table with room for a decision in every line.

Belongs here: writing it, and reading it back with the decisions. Does not belong here: the file that decisions are kept
in (overrides.py), the queue (doubtful_pairs.py).
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import TesseraError
from orchestration.identity.doubtful_pairs import SHOWN, DoubtfulPair
from orchestration.identity.overrides import DECISIONS, Decision

LEFT, RIGHT, DECISION, REASON = "left_record", "right_record", "decision", "reason"
_SIDES = ("left", "right")
_OF_RECORDS = tuple(f"{side}_{name}" for name in SHOWN for side in _SIDES)
COLUMNS = (DECISION, REASON, LEFT, RIGHT, "probability", "doubt", *_OF_RECORDS)
# A spreadsheet takes a text that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class FilledIn:
    """A line with a decision."""

    line: int
    left_record: str
    right_record: str
    decision: Decision
    reason: str


def write_review_file(file: Path, pairs: Sequence[DoubtfulPair]) -> None:
    """Write pairs to a new file that only its owner may read, as it holds personal data.

    Raises:
        TesseraError: The file exists, or its folder does not.
    """
    if file.exists() or not file.parent.is_dir():
        raise TesseraError(
            f"{file} cannot be written",
            expected="a new file in a folder that exists",
            found="a file of that name, which may hold somebody's decisions" if file.exists() else "no such folder",
            fix="choose another name with --export",
        )
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(COLUMNS)
        for pair in pairs:
            said = [getattr(pair, side)[name] for name in SHOWN for side in _SIDES]
            probability = "" if pair.probability is None else f"{pair.probability:.4f}"
            writer.writerow(["", "", pair.left_record, pair.right_record, probability, pair.doubt, *map(_cell, said)])


def read_review_file(file: Path) -> list[FilledIn]:
    """Read the lines that have a decision.

    Raises:
        TesseraError: The file cannot be read, or a line is not a decision; names the line.
    """
    try:
        content = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TesseraError(
            f"{file} cannot be read",
            expected="the CSV file of tessera identity review --export, in UTF-8",
            found=str(error),
            fix="name the file, or save it as CSV UTF-8",
        ) from error
    lines = content.splitlines(keepends=True)
    header = lines[0] if lines else ""
    # Spreadsheets of many countries save with semicolons.
    reader = csv.DictReader(lines, delimiter=";" if header.count(";") > header.count(",") else ",")
    missing = [name for name in (LEFT, RIGHT, DECISION, REASON) if name not in (reader.fieldnames or ())]
    if missing:
        raise _fault(file, 1, expected=f"columns {', '.join(COLUMNS[:4])}", found=f"no {', '.join(missing)}")
    found = []
    for line in reader:
        left, right, written, reason = ((line[name] or "").strip() for name in (LEFT, RIGHT, DECISION, REASON))
        if not written:
            continue
        number = reader.line_num
        decision = DECISIONS.get(written)
        if decision is None:
            raise _fault(file, number, expected=" or ".join(DECISIONS), found=written)
        if not (left and right and reason):
            raise _fault(file, number, expected="two records, and a reason", found=f"{left}, {right}, reason: {reason}")
        found.append(FilledIn(number, left, right, decision, reason))
    return found


def _cell(value: str | None) -> str:
    if value is None:
        return ""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _fault(file: Path, line: int, *, expected: str, found: str) -> TesseraError:
    return TesseraError(
        f"{file} line {line} cannot be taken as a decision",
        expected=expected,
        found=found,
        fix="correct the line, or empty its decision; nothing of the file was taken",
    )
