"""The shape of ``tessera.yml``.

Belongs here: what a deployment may say and its defaults, except thresholds, whose defaults live in
``dbt_project.yml: vars``. Does not belong here: reading files, contracts, paths of the deployment.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _existing_time_zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"{name!r} is not a time zone; write an IANA name such as Europe/London or America/New_York"
        raise ValueError(message) from error
    return name


TimeZone = Annotated[str, AfterValidator(_existing_time_zone)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Company(_Strict):
    """Whose customers these are."""

    name: str = Field(min_length=1)
    time_zone: TimeZone
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class Nights(_Strict):
    """Which nights there are and when they run."""

    first: dt.date
    last: dt.date | None = None
    run_at: str = Field(default="02:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")

    @model_validator(mode="after")
    def _first_comes_first(self) -> Nights:
        if self.last is not None and self.last < self.first:
            message = f"the last night ({self.last}) is before the first ({self.first})"
            raise ValueError(message)
        return self


class Source(_Strict):
    """One inbound contract and the files that feed it."""

    contract: str
    files: list[str] = Field(min_length=1)
    format: Literal["csv", "parquet", "jsonl"] | None = None
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    time_zone: TimeZone | None = None
    max_rejected_share: Share | None = None


class Publish(_Strict):
    """What happens to versions."""

    keep_versions: int = Field(default=14, ge=2)
    max_customers_drop_share: Share = 0.2


class Settings(_Strict):
    """Everything that ``tessera.yml`` says."""

    company: Company
    nights: Nights
    sources: list[Source] = Field(min_length=1)
    schemes: dict[str, bool] = Field(default_factory=dict)
    thresholds: dict[str, int | float | list[int]] = Field(default_factory=dict)
    publish: Publish = Field(default_factory=Publish)
    memory_limit: str = Field(default="1GB", pattern=r"^\d+(\.\d+)?\s?(MB|GB|MiB|GiB)$")

    def night_or_default(self, date: dt.date | None, *, now: dt.datetime) -> dt.date:
        """Return the asked night, else the last one, else yesterday in the company's time zone (a whole day)."""
        if date is not None:
            return date
        yesterday = now.astimezone(zoneinfo.ZoneInfo(self.company.time_zone)).date() - dt.timedelta(days=1)
        return self.nights.last or yesterday


def source_files(source: Source, *, folder: Path) -> list[Path]:
    """Return the files a source lists, in name order; patterns are expanded, relative paths start at ``folder``."""
    files: list[Path] = []
    for entry in source.files:
        path = Path(entry)
        if any(sign in path.name for sign in "*?["):
            parent = folder / path.parent
            files += sorted(found for found in parent.glob(path.name) if found.is_file())
        else:
            files.append(folder / path)
    return files
