"""How a text file is written: its encoding, and the delimiter of a CSV file.

Belongs here: guesses from the bytes, and refusing a first line that is no header. Does not belong here: reading records
(``ingestion``), JSON (json_form.py).
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import BinaryIO, cast

from orchestration.ingestion.csv_records import LONGEST_RECORD, Dialect, split_records
from orchestration.onboarding.errors import OnboardingError

HEAD = 1 << 20
# Further bytes are believed to be as these: a decision for UTF-8 looks at half a gigabyte.
LOOKED_AT = 512 << 20
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_LEGACY = ("cp1252", "cp850", "mac_roman")
# Letters and signs of western European texts; a wrong code page turns them into boxes and rare symbols. The last ones
# are the dashes and quotes of word processors.
_LIKELY = frozenset("äöüÄÖÜßéèêëàâáåãçñóòôõøíìîïúùûæœÉÈÀÁÂÅÇÑÓØ€£°§«»·²³½\u00a0\u2013\u2019\u201c\u201d\u201e")
# Archives and documents, which the reader of texts calls by their names.
TOLD_BY_READER = (b"PK\x03\x04", b"%PDF")
_DATA_LIKE = re.compile(r"[+-]?[0-9][0-9.,:/ \-]*|[^@\s]+@[^@\s]+\.[a-z]+|[0-9]{4}-[0-9]{2}-[0-9]{2}.*")


def open_bytes(path: Path) -> BinaryIO:
    """The file's bytes, unpacked where it is packed with gzip."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")


def read_head(path: Path, *, size: int = HEAD) -> bytes:
    """The first bytes of a file; what is unpacked of a damaged gzip file, which its reader will refuse."""
    with closing(open_bytes(path)) as file:
        try:
            return file.read(size)
        except (EOFError, OSError, zlib.error):
            return b""


def guess_encoding(path: Path) -> tuple[str, str]:
    """The encoding of a text file and how that is known, for people.

    Returns:
        Python's name of the encoding, and a sentence.

    Raises:
        OnboardingError: When the file is not text.
    """
    head = read_head(path)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "UTF-16, by its byte order mark"
    if head.startswith(TOLD_BY_READER):
        return "utf-8", "not looked for"
    # Every other byte of western text in UTF-16 is NUL.
    nulls = [head[parity::2].count(0) for parity in (0, 1)]
    if max(nulls) > len(head) // 4 and min(nulls) * 20 < max(nulls):
        return ("utf-16-be", "utf-16-le")[nulls[1] > nulls[0]], "UTF-16 without a byte order mark"
    controls = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1a\x1b" for byte in head)
    if controls > len(head) // 100:
        raise OnboardingError(
            f"{path.name}: it is not text",
            expected="a text file, a Parquet file or an Excel workbook",
            found=f"{controls:,} control bytes among the first {len(head):,}, as in programs, pictures and archives",
            fix="look at the file; have its source export it as CSV, JSON, Parquet or Excel",
        )
    beyond, is_ascii = _lines_beyond_utf8(path)
    if beyond is None:
        return "utf-8", "UTF-8 (nothing beyond ASCII in it)" if is_ascii else "UTF-8"
    if _is_damaged_utf8(beyond):
        return "utf-8", "UTF-8 with damaged places"
    scores = {name: _plausibility(beyond, name) for name in _LEGACY}
    best = max(_LEGACY, key=lambda name: scores[name])
    letters = Counter(letter for letter in beyond.decode(best, "replace") if not letter.isascii())
    shown = " ".join(letter for letter, _ in letters.most_common(8) if letter.isprintable())
    return best, f"{best}, a guess: it is not UTF-8, and read so it holds {shown}. Look whether names read well"


def guess_delimiter(path: Path, encoding: str) -> tuple[str, str]:
    """The delimiter of a CSV file and how that is known.

    Raises:
        OnboardingError: When no delimiter makes columns of the file, or its first line is no header.
    """
    head = utf8_head(path, encoding)
    first = head[: head.find(b"\n")].decode("utf-8", "replace").strip().strip("\ufeff")
    if re.fullmatch(r"(?i)\"?sep=.\"?", first):
        raise OnboardingError(
            f"{path.name}: its first line is {first!r}, a hint for Excel, not a header",
            expected="column names on the first line",
            found=first,
            fix="export it without that line, or remove it",
        )
    fits = {delimiter: _fit(head, delimiter) for delimiter in DELIMITERS}
    usable = {delimiter: fit for delimiter, fit in fits.items() if fit.columns > 1 and fit.share >= 0.5}
    if not usable:
        _tell_title_lines(path.name, head)
        ragged = max(fits, key=lambda delimiter: fits[delimiter].columns)
        if fits[ragged].columns > 1:
            raise OnboardingError(
                f"{path.name}: most of its records do not fit its first line",
                expected=f"as many fields in every record as in the first line, {fits[ragged].columns} by its "
                f"{DELIMITERS[ragged]}s: {first[:80]!r}",
                found=f"{1 - fits[ragged].share:.0%} of the first {fits[ragged].records:,} records with more or fewer",
                fix="have the source put values that hold the delimiter in quotes, or name another with --delimiter",
            )
        raise OnboardingError(
            f"{path.name}: no delimiter makes columns of it",
            expected=f"a header and records divided by one of {', '.join(DELIMITERS.values())}",
            found=f"a first line of one field: {first[:60]!r}",
            fix="name the delimiter with --delimiter; for a file that really has one column, --delimiter ','",
        )
    best = max(usable, key=lambda delimiter: (round(usable[delimiter].share, 1), usable[delimiter].columns))
    fit = usable[best]
    told = f"{DELIMITERS[best]} ({fit.columns} columns in {fit.share:.0%} of the first {fit.records:,} records)"
    return best, told


def check_header(names: tuple[str, ...], file: str) -> None:
    """Refuse a first line that holds data.

    Raises:
        OnboardingError: When most names are numbers, dates or e-mail addresses.
    """
    data_like = [name for name in names if _DATA_LIKE.fullmatch(name)]
    if len(data_like) * 2 > len(names):
        raise OnboardingError(
            f"{file}: its first line looks like data, not like column names",
            expected="column names on the first line",
            found=f"{len(data_like)} of {len(names)} names are numbers, dates or addresses",
            fix="export it with a header, or put one above the data",
        )


class _Fit:
    """How well a delimiter divides the head of a file."""

    def __init__(self, *, columns: int, share: float, records: int) -> None:
        self.columns = columns
        self.share = share
        self.records = records


def utf8_head(path: Path, encoding: str) -> bytes:
    """The first bytes of a text file as UTF-8, cut behind its last complete line."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    head = read_head(path)
    text = decoder.decode(head).removeprefix("\ufeff").encode()
    return text[: text.rfind(b"\n") + 1] if len(head) == HEAD else text.rstrip(b"\r\n") + b"\n"


def _fit(head: bytes, delimiter: str) -> _Fit:
    named = split_records(head[:LONGEST_RECORD], Dialect(ord(delimiter), 0))
    filled = [number for number, blank in enumerate(named.blank.tolist()) if not blank]
    if not filled:
        return _Fit(columns=0, share=0, records=0)
    first = head[int(named.starts[filled[0]]) : int(named.contents[filled[0]])].decode("utf-8", "replace")
    try:
        columns = len(next(csv.reader(io.StringIO(first, newline=""), delimiter=delimiter)))
    except (csv.Error, StopIteration):
        return _Fit(columns=0, share=0, records=0)
    records = split_records(head[:LONGEST_RECORD], Dialect(ord(delimiter), columns))
    judged = records.faults[~records.blank][1:]
    # A header alone divides as well as any.
    share = float((judged == 0).mean()) if len(judged) else 1.0
    return _Fit(columns=columns, share=share, records=len(judged))


def _tell_title_lines(file: str, head: bytes) -> None:
    """Refuse a file whose table begins below some lines of titles."""
    lines = [line for line in head.decode("utf-8", "replace").splitlines() if line.strip()][:200]
    for delimiter in DELIMITERS:
        widths = [line.count(delimiter) for line in lines]
        usual, times = Counter(widths).most_common(1)[0] if widths else (0, 0)
        begins = next((number for number, width in enumerate(widths) if width == usual), 0)
        if usual and times * 2 > len(lines) and 0 < begins <= 30:
            raise OnboardingError(
                f"{file}: its table does not begin on the first line",
                expected="column names on the first line",
                found=f"{begins} line{'s' * (begins > 1)} above the header, beginning {lines[0][:60]!r}",
                fix="export it without title lines, or remove them",
            )


def _lines_beyond_utf8(path: Path) -> tuple[bytes | None, bool]:
    """Some lines that are not UTF-8 (None when there are none), and whether everything before them is ASCII."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    seen, is_ascii = 0, True
    with closing(open_bytes(path)) as file:
        while seen < LOOKED_AT:
            try:
                chunk = file.read(4 << 20)
            except (EOFError, OSError, zlib.error):
                break
            if not chunk:
                break
            seen += len(chunk)
            is_ascii &= chunk.isascii()
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return b"\n".join(line for line in chunk.split(b"\n") if not line.isascii())[:HEAD], is_ascii
    return None, is_ascii


def _is_damaged_utf8(text: bytes) -> bool:
    """Whether most of what is beyond ASCII is UTF-8, so that another encoding would spoil it."""
    decoded = text.decode("utf-8", "replace")
    return sum(letter > "\x7f" and letter != "\ufffd" for letter in decoded) > 2 * decoded.count("\ufffd")


def _plausibility(text: bytes, encoding: str) -> float:
    """How well text reads, from 0 to 1: letters stand inside words, and quotes and dashes do not."""
    decoded = f" {text.decode(encoding, 'replace')} "
    scores = [_reads_well(*decoded[place - 1 : place + 2]) for place, sign in enumerate(decoded) if not sign.isascii()]
    return sum(scores) / max(len(scores), 1)


def _reads_well(before: str, sign: str, after: str) -> float:
    if sign not in _LIKELY:
        return 0.0
    letters = before.isalpha() + after.isalpha()
    if sign.isalpha():
        return (0.0, 0.5, 1.0)[letters]
    return 0.2 if letters == 2 and sign != "\u2019" else 0.9
