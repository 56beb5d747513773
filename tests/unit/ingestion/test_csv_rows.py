"""What is parsed is what was split: every well-formed record arrives with its number and its values."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingestion import record_index, text_gate
from orchestration.ingestion.csv_records import Dialect, split_records, without_malformed
from orchestration.ingestion.csv_rows import CsvRows
from orchestration.ingestion.record_scan import Scan, scan_records
from orchestration.ingestion.text_gate import TextFile

anything = st.text(alphabet='ab,"\n\r é', max_size=80)
HEADER = "x,y\n"
FIELDS = ["c0", "c1"]


def rows_of(scan: Scan, numbers: list[int] | None = None, fields: list[str] | None = None) -> list[tuple[object, ...]]:
    stream = CsvRows(scan.index, ",", FIELDS).stream(
        fields=fields, numbers=None if numbers is None else np.array(numbers, np.int64)
    )
    return [tuple(row.values()) for row in stream.read_all().to_pylist()]


def scanned(folder: Path, content: str) -> Scan:
    path = folder / "file.csv"
    path.write_bytes(content.encode())
    return scan_records(TextFile(path, "file.csv", 0), Dialect(ord(","), 2), header=1, workspace=folder)


@given(
    text=anything,
    block_size=st.integers(min_value=1, max_value=60),
    few=st.sampled_from([0, 50]),
    piece=st.sampled_from([1, 1 << 20]),
    data=st.data(),
)
@settings(max_examples=400, deadline=None)
def test_every_well_formed_record_is_parsed_with_its_number(
    tmp_path_factory: pytest.TempPathFactory, text: str, block_size: int, few: int, piece: int, data: st.DataObject
) -> None:
    block = (HEADER + text + "\n").encode()
    records = split_records(block, Dialect(ord(","), 2))
    clean = without_malformed(block, records, also=np.array([0])).decode()
    # Blanks before an opening quote are not part of the value.
    values = list(csv.reader(io.StringIO(clean, newline=""), skipinitialspace=True))
    numbers = np.cumsum(~records.blank)[(records.faults == 0) & ~records.blank][1:] - 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_gate, "BLOCK_SIZE", block_size)
        patch.setattr(record_index, "_FEW", few)
        patch.setattr(record_index, "_PIECE", piece)
        try:
            scan = scanned(tmp_path_factory.mktemp("rows"), HEADER + text)
        except text_gate.FileRejectedError:
            assert records.open_quote is not None
            return
        found = rows_of(scan)
        assert [number for number, *_ in found] == numbers.tolist()
        for (_, *cells), wanted in zip(found, values, strict=True):
            assert [stripped(cell) for cell in cells] == [stripped(value) for value in wanted]
        chosen = data.draw(
            st.lists(st.sampled_from(range(1, scan.records + 1)), unique=True) if scan.records else st.just([])
        )
        assert rows_of(scan, sorted(chosen)) == [row for row in found if row[0] in chosen]
        assert rows_of(scan, fields=["c1"]) == [(number, last) for number, _, last in found]


def stripped(value: object) -> str:
    """Python's reader skips the blanks before every field, not only before a quote."""
    return str(value or "").lstrip(" ")


def test_blanks_belong_to_a_bare_value_and_not_to_a_quoted_one(tmp_path: Path) -> None:
    scan = scanned(tmp_path, HEADER + ' a,  "b ""c"", d"\n  "e" , f\n "g",""\n')
    assert rows_of(scan) == [(1, " a", 'b "c", d'), (3, "g", None)]
    assert scan.malformed_numbers.tolist() == [2]


def test_any_number_of_delimiters_is_counted(tmp_path: Path) -> None:
    # 65 538 fields are two fields for whoever counts with 16 bits.
    scan = scanned(tmp_path, HEADER + "a" + "," * 65_537 + "\nb,c\n")
    assert scan.malformed_numbers.tolist() == [1]
    assert rows_of(scan) == [(2, "b", "c")]
