"""JSON numbers that a double cannot hold.

Belongs here: finding the lines that hold such numbers and writing them as texts of the same digits. Does not belong
here: reading lines. DuckDB reads JSON numbers with a fraction as doubles: 100000000000.12345 came back as ...12344.
"""

from __future__ import annotations

import json

# Up to 15 digits survive the way through a double; written out, since RE2 cannot count digits around a dot.
MANY_DIGITS = "|".join(f"[0-9]{{{whole}}}[.][0-9]{{{16 - whole}}}" for whole in range(16)) + "|[0-9][eE][+-]?[0-9]"


def with_exact_numbers(line: str) -> str:
    """Return a JSON text whose numbers of more than 15 digits are texts, or the line itself where it is no JSON."""
    try:
        return json.dumps(json.loads(line, parse_float=_exact), ensure_ascii=False)
    except (ValueError, RecursionError):
        return line


def _exact(written: str) -> float | str:
    digits = written.lower().partition("e")[0].replace(".", "").lstrip("-0")
    return written if len(digits) > 15 or "e" in written.lower() else float(written)
