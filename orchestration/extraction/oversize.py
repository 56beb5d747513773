"""Records that are too long for any reader.

Belongs here: keeping one such record from turning a whole delivery away. Does not belong here: the limit itself
(``ingestion``), which quarantines what is longer.

A file with a record of many megabytes is refused as a whole, since its lines may simply never end. Here it is known
where each record ends, so the record is cut to just above the limit and quarantined alone, as ``record_too_long``.
"""

from __future__ import annotations

from orchestration.ingestion.csv_records import LONGEST_RECORD

# A cut may fall inside a character, which is then left out.
_ENOUGH = LONGEST_RECORD + 10
_NO_STRUCTURE = bytes.maketrans(b'"\r\n', b"'  ")


def cut_if_too_long(line: bytes) -> bytes:
    """The line itself, or the beginning of one that is too long, without quotes and line ends inside.

    Args:
        line: One record in UTF-8, ended by a newline.
    """
    if len(line) <= _ENOUGH:
        return line
    whole_characters = line[:_ENOUGH].decode("utf-8", "ignore").encode()
    return whole_characters.translate(_NO_STRUCTURE) + b"\n"
