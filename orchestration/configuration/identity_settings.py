"""The section ``identity`` of ``tessera.yml``: how records are put together into customers.

Belongs here: what a deployment may say about it, and the defaults. Does not belong here: matching (``identity``).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from orchestration.configuration.setting_types import Section, Share

Identifier = Literal["loyalty_number", "account", "email", "phone"]

# Addresses and numbers that stand in a field because something had to.
BLOCKED_VALUES: dict[Identifier, tuple[str, ...]] = {
    "email": (
        "noreply@*", "no-reply@*", "donotreply@*", "do-not-reply@*", "test@*", "none@*", "no@*", "na@*", "n/a@*",
        "unknown@*", "email@*", "nomail@*", "noemail@*", "no-email@*", "example@*", "asdf@*", "guest@*", "*@test.*",
        "mailer-daemon@*", "postmaster@*",
    ),
    "phone": ("*00000000*", "*12345678*", "*99999999*", "*11111111*"),
}  # fmt: skip


def _country(value: object) -> object:
    if not isinstance(value, str) or len(value) != 2 or not value.isalpha() or value != value.upper():
        message = f'{value!r} does not fit; write the ISO 3166 code of two letters in quotes, such as "DE"'
        raise ValueError(message)
    return value


class Limits(Section):
    """How many different values one person may have; records that would give more are kept apart and reported."""

    emails: int = Field(default=10, ge=1)
    phones: int = Field(default=8, ge=1)
    birth_dates: int = Field(default=4, ge=1)
    loyalty_numbers: int = Field(default=3, ge=1)
    accounts: int = Field(default=15, ge=1)
    profiles: int = Field(default=200, ge=2)


class Identity(Section):
    """Who is who.

    Attributes:
        matching: Whether records are matched; without it customer_ref is trusted and nothing else is looked at.
        threshold: Probability (0-1) from which two records are one person.
        review_from: Probability from which a pair that is not linked is worth a person's look.
        full_run_every_days: After so many days all pairs are scored again, not only those of new records.
        default_country: Country of telephone numbers that are written without one.
        blocked_values: Patterns of values that link nobody, besides the built-in ones.
        max_people_per_value: How many people may share an e-mail address or number before it links nobody.
        limits: How many different values one person may have.
        one_record_per_customer: Contracts of sources that hold every customer once.
        source_priority: Contracts, the most trusted first, whose values a customer's record takes before others.
        max_changed_share: The largest share of known profiles that may change their customer in one night.
        overrides: File of decisions made by people, beside tessera.yml.
        truth: A table of who is who (record_id or customer_ref, person_id) that matching is measured against.
    """

    matching: bool = True
    threshold: Annotated[Share, Field(gt=0.5, lt=1)] = 0.9
    review_from: Annotated[Share, Field(gt=0)] = 0.2
    full_run_every_days: int = Field(default=7, ge=1)
    default_country: Annotated[str, BeforeValidator(_country)] | None = None
    blocked_values: dict[Identifier, list[str]] = Field(default_factory=dict)
    max_people_per_value: int = Field(default=4, ge=1)
    limits: Limits = Field(default_factory=Limits)
    one_record_per_customer: list[str] = Field(default_factory=list)
    source_priority: list[str] = Field(default_factory=list)
    max_changed_share: Share = 0.05
    overrides: str = "identity_overrides.csv"
    truth: str | None = None

    @model_validator(mode="after")
    def _review_lies_below(self) -> Identity:
        if self.review_from >= self.threshold:
            message = f"review_from ({self.review_from}) must be less than threshold ({self.threshold})"
            raise ValueError(message)
        return self

    def blocked(self) -> dict[str, tuple[str, ...]]:
        """The patterns of blocked values by kind of identifier, built-in ones first."""
        kinds = {**BLOCKED_VALUES, **dict.fromkeys(self.blocked_values)}
        return {kind: (*BLOCKED_VALUES.get(kind, ()), *self.blocked_values.get(kind, ())) for kind in kinds}
