"""The shape of ``tessera.yml``.

Belongs here: what a deployment may say and its defaults, except thresholds, whose defaults live in
``dbt_project.yml: vars``. Does not belong here: one source (source_settings.py), reading files,
contracts, paths of the deployment.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import zoneinfo
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, get_args

from pydantic import BaseModel, BeforeValidator, Field, field_validator, model_validator

from orchestration.configuration.audience_settings import Suppressions
from orchestration.configuration.campaign_settings import Campaign, CampaignId
from orchestration.configuration.custom_scheme_settings import Code, CustomScheme
from orchestration.configuration.demand_settings import Demand
from orchestration.configuration.identity_settings import Identity
from orchestration.configuration.notice_settings import Channel
from orchestration.configuration.postgres_publication import PostgresPublication
from orchestration.configuration.setting_types import Section, Share, TimeZone
from orchestration.configuration.source_settings import Source
from orchestration.configuration.target_settings import Target
from orchestration.configuration.treatments.policy_settings import Treatments


def _written_as(pattern: str, *, write: str) -> BeforeValidator:
    def check(value: object) -> object:
        # Before pydantic looks at it: unquoted, YAML reads 22:30 as the number 1350.
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            message = f"{value!r} does not fit; write {write}"
            raise ValueError(message)
        return value

    return BeforeValidator(check)


def _finite_number_or_list(value: object) -> object:
    # A boolean is an int to Python, and text of digits a number to pydantic: neither is what a threshold's line means.
    numbers = value if isinstance(value, list) else [value]
    kinds = int if isinstance(value, list) else (int, float)
    if any(isinstance(n, bool) or not isinstance(n, kinds) or not math.isfinite(n) for n in numbers):
        message = f"{value!r} does not fit; write a number, or a list of whole numbers where the default is a list"
        raise ValueError(message)
    return value


Currency = Annotated[str, _written_as(r"[A-Z]{3}", write="an ISO 4217 code such as EUR or USD")]
Locale = Annotated[
    str, _written_as(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?", write="a language tag such as en-GB or de-DE")
]
Hour = Annotated[str, _written_as(r"([01]\d|2[0-3]):[0-5]\d", write='the time in quotes, such as "02:00"')]
MemoryLimit = Annotated[str, _written_as(r"\d+(\.\d+)?\s?(MB|GB|MiB|GiB)", write="an amount such as 1GB or 500MB")]
Threshold = Annotated[int | float | list[int], BeforeValidator(_finite_number_or_list)]


class Company(Section):
    """Whose customers these are.

    Attributes:
        name: What it is called.
        time_zone: Where its days begin and end.
        currency: What all amounts are converted into.
        locale: The language whose way of writing numbers and dates the explorer follows.
    """

    name: str = Field(min_length=1)
    time_zone: TimeZone
    currency: Currency
    locale: Locale = "en-GB"


class Nights(Section):
    """Which nights there are and when they run.

    Attributes:
        first: The first night.
        last: The last one, where the data has ended.
        run_at: When the schedule runs a night, in the company's time zone.
        due_after_hours: Hours after ``run_at`` by which a night is to be published, for Dagster's freshness.
        source_retries: How often a table is read again whose database, API or disk did not answer.
        retry_wait_seconds: The wait before the first of these tries, about; each further wait is twice as long.
    """

    first: dt.date
    last: dt.date | None = None
    run_at: Hour = "02:00"
    due_after_hours: float = Field(default=6, gt=0, le=23)
    source_retries: int = Field(default=3, ge=0, le=10)
    retry_wait_seconds: float = Field(default=20, ge=0, le=3600)

    @model_validator(mode="after")
    def _first_comes_first(self) -> Nights:
        if self.last is not None and self.last < self.first:
            message = f"the last night ({self.last}) is before the first ({self.first})"
            raise ValueError(message)
        return self


class Publish(Section):
    """What happens to versions."""

    keep_versions: int = Field(default=14, ge=2)
    max_customers_drop_share: Share = 0.2
    postgres: PostgresPublication | None = None


class Surveys(Section):
    """How the answers to surveys are read.

    Attributes:
        attitude_constructs: Beginnings of the constructs that say how people think. Statements on all others say what
            they want.
    """

    attitude_constructs: list[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]] = Field(
        default=["attitude_"], min_length=1
    )


class Predictions(Section):
    """Whether models foretell what customers do next, and how often past dates get a newer model."""

    enabled: bool = True
    refit_months: int = Field(default=6, ge=1, le=24)


class Settings(Section):
    """Everything that ``tessera.yml`` says."""

    company: Company
    nights: Nights
    sources: list[Source] = Field(min_length=1)
    schemes: dict[str, bool] = Field(default_factory=dict)
    custom_schemes: dict[Code, CustomScheme] = Field(default_factory=dict)
    thresholds: dict[str, Threshold] = Field(default_factory=dict)
    identity: Identity = Field(default_factory=Identity)
    surveys: Surveys = Field(default_factory=Surveys)
    predictions: Predictions = Field(default_factory=Predictions)
    demand: Demand = Field(default_factory=Demand)
    treatments: Treatments = Field(default_factory=Treatments)
    campaigns: dict[CampaignId, Campaign] = Field(default_factory=dict)
    suppressions: Suppressions = Field(default_factory=Suppressions)
    targets: list[Target] = Field(default_factory=list)
    publish: Publish = Field(default_factory=Publish)
    notices: list[Channel] = Field(default_factory=list)
    memory_limit: MemoryLimit = "1400MB"

    @field_validator("notices")
    @classmethod
    def _no_channel_twice(cls, channels: list[Channel]) -> list[Channel]:
        names = [channel.name for channel in channels]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            message = f"{repeated[0]} stands there twice; write one channel and all its events under on"
            raise ValueError(message)
        return channels

    def night_or_default(self, date: dt.date | None, *, now: dt.datetime) -> dt.date:
        """Return the asked night, else the last one, at the latest yesterday in the company's time zone."""
        if date is not None:
            return date
        yesterday = now.astimezone(zoneinfo.ZoneInfo(self.company.time_zone)).date() - dt.timedelta(days=1)
        return min(self.nights.last or yesterday, yesterday)


def source_files(source: Source, *, folder: Path) -> list[Path]:
    """Return the files a source lists, in name order; patterns are expanded, relative paths start at ``folder``."""
    files: list[Path] = []
    for entry in source.files or ():
        path = Path(entry)
        if any(sign in path.name for sign in "*?["):
            parent = folder / path.parent
            files += sorted(found for found in parent.glob(path.name) if found.is_file())
        else:
            files.append(folder / path)
    return files


def keys_at(location: Sequence[str | int]) -> tuple[str, ...]:
    """Return the keys that may stand beside the one at ``location``."""
    section: type[BaseModel] = Settings
    for step in location[:-1]:
        field = section.model_fields.get(step) if isinstance(step, str) else None
        section = next(_sections_in(field.annotation), section) if field else section
    return tuple(field.alias or name for name, field in section.model_fields.items())


def _sections_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Find the sections inside a type such as ``list[Source]`` or ``Paging | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _sections_in(argument)
