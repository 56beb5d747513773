"""Every byte belongs to one record, whatever stands in the file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.ingestion import text_gate
from orchestration.ingestion.csv_records import FAULTS, Dialect, split_records, without_malformed
from orchestration.ingestion.record_scan import scan_records
from orchestration.ingestion.text_gate import TextFile

COMMA = ord(",")
cells = st.text(alphabet='ab,"\n é', max_size=6)
anything = st.text(alphabet='ab,"\n\r ', max_size=60)


@given(rows=st.lists(st.tuples(cells, cells, cells), max_size=12), crlf=st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_a_correct_writer_wrote_is_split_into_the_same_records(
    rows: list[tuple[str, str, str]], crlf: bool
) -> None:
    target = io.StringIO(newline="")
    csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n" if crlf else "\n").writerows(rows)
    block = target.getvalue().encode()
    records = split_records(block, Dialect(COMMA, 3))
    assert len(records.ends) == len(rows)
    assert not records.faults.any()
    read = list(csv.reader(io.StringIO(without_malformed(block, records).decode(), newline="")))
    assert read == [list(row) for row in rows]


@given(text=anything)
@settings(max_examples=300, deadline=None)
def test_no_byte_is_lost_and_kept_records_have_their_fields(text: str) -> None:
    block = text.encode() + b"\n"
    records = split_records(block, Dialect(COMMA, 2))
    pieces = [block[s : e + 1] for s, e in zip(records.starts, records.ends, strict=True)]
    assert b"".join(pieces) == block[: records.consumed]
    if records.consumed < len(block):
        assert records.open_quote is not None
    kept = without_malformed(block, records)
    assert int((~records.blank).sum()) == int((records.faults > 0).sum()) + len(
        split_records(kept, Dialect(COMMA, 2)).ends
    )
    for row in csv.reader(io.StringIO(kept.decode(), newline=""), skipinitialspace=True):
        assert len(row) == 2


@given(text=anything, block_size=st.integers(min_value=1, max_value=40))
@settings(max_examples=100, deadline=None)
def test_the_size_of_the_blocks_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, text: str, block_size: int
) -> None:
    folder = tmp_path_factory.mktemp("blocks")
    path = folder / "file.csv"
    path.write_bytes(b"x,y\n" + text.encode())
    found = []
    for size in (block_size, 1 << 20):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(text_gate, "BLOCK_SIZE", size)
            try:
                scan = scan_records(TextFile(path, "file.csv", 0), Dialect(COMMA, 2), header=True, workspace=folder)
                found.append((scan.records, scan.malformed_numbers.tolist(), scan.path.read_bytes()))
            except text_gate.FileRejectedError as error:
                found.append((0, [], str(error).encode()))
    assert found[0] == found[1]


def test_a_record_with_a_quote_fault_costs_one_line() -> None:
    block = b'a,"b\nc,d\n"e",f\n"g"h,i\nj,k\n'
    records = split_records(block, Dialect(COMMA, 2))
    assert [FAULTS[code] for code in records.faults] == ["unclosed_quote", "", "", "invalid_quoting", ""]
    assert without_malformed(block, records) == b'c,d\n"e",f\nj,k\n'


def test_a_line_number_is_the_one_an_editor_shows(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b'x,y\n"two\nlines",1\nb\nc,"d\n')
    with pytest.raises(text_gate.FileRejectedError, match="line 5 opens a quote"):
        scan_records(TextFile(path, "file.csv", 0), Dialect(COMMA, 2), header=True, workspace=tmp_path)
