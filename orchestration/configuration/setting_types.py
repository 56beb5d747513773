"""Types of single values that sections of ``tessera.yml`` share.

Belongs here: the base of every section, and values that several sections use. Does not belong here: sections.
"""

from __future__ import annotations

import zoneinfo
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _existing_time_zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"{name!r} is not a time zone; write an IANA name such as Europe/London or America/New_York"
        raise ValueError(message) from error
    return name


class Section(BaseModel):
    """A section: unknown keys are refused, values do not change."""

    # Values that were refused are not repeated in errors: one of them may be a secret in the wrong place.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


TimeZone = Annotated[str, AfterValidator(_existing_time_zone)]
Share = Annotated[float, Field(ge=0, le=1)]
