"""The section ``custom_schemes`` of ``tessera.yml``: schemes without code, as rules on features.

Belongs here: the form of the section and the defaults. Does not belong here: what a condition means and whether the
rules fit together (``custom_schemes``).
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from orchestration.configuration.setting_types import Section

# Postgres and others cut longer names; codes end up in names of columns and files of readers.
LONGEST_CODE = 50
LONGEST_TEXT = 200


def _code(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", value) or len(value) > LONGEST_CODE:
        message = (
            f"{value!r} does not fit; write a code of small letters, digits and single underscores, such as "
            f"weekly_regulars, of at most {LONGEST_CODE} characters"
        )
        raise ValueError(message)
    return value


def _one_line(value: str) -> str:
    if not value.strip() or not value.isprintable() or len(value) > LONGEST_TEXT:
        message = f"write one line of text of 1 to {LONGEST_TEXT} characters, without control characters"
        raise ValueError(message)
    return value.strip()


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-f]{6}", value):
        message = (
            f'{value!r} does not fit; write six hexadecimal digits in small letters and in quotes, such as "#0b6e4f"'
        )
        raise ValueError(message)
    return value


def _segment_or_its_code(value: object) -> object:
    return {"segment": value} if isinstance(value, str) else value


Code = Annotated[str, AfterValidator(_code)]
OneLine = Annotated[str, AfterValidator(_one_line)]
Colour = Annotated[str, AfterValidator(_colour)]


class CustomSegment(Section):
    """A segment: its code, and what readers see of it; name, description and colour have defaults."""

    segment: Code
    name: OneLine | None = None
    description: OneLine | None = None
    colour: Colour | None = None


class CustomRule(CustomSegment):
    """A segment and who belongs to it; ``when`` maps features to conditions, and ``any`` to a list of such maps."""

    when: dict[str, Any] = Field(min_length=1)


class CustomScheme(Section):
    """A scheme: the first rule that fits gives the segment, ``otherwise`` the segment of everybody else."""

    name: OneLine | None = None
    description: OneLine
    owner: OneLine = "marketing"
    rules: list[CustomRule] = Field(min_length=1)
    otherwise: Annotated[CustomSegment, BeforeValidator(_segment_or_its_code)] | None = None
