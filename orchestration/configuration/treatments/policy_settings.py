"""The form of a policy file, and the section ``treatments`` of ``tessera.yml``.

Belongs here: the form and the defaults. Does not belong here: what rules mean and whether they fit together
(policy.py).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from orchestration.configuration.custom_scheme_settings import Code, OneLine
from orchestration.configuration.setting_types import Section

# What customers are ranked by where not all can have an option; the columns are int_treatments__choices'.
Gain = Literal["expected_margin", "margin_at_risk", "margin_365d", "measured_gain"]
Channel = Literal["email", "sms", "phone", "any", "none"]


def _amount(value: object) -> object:
    # A float such as 0.1 is not the amount that was written, and text or yes is no amount.
    if isinstance(value, bool) or not isinstance(value, int | float):
        message = f"{value!r} does not fit; write an amount in the company's currency, such as 250 or 2.50"
        raise ValueError(message)
    return Decimal(str(value))


def _option_or_its_code(value: object) -> object:
    return {"option": value} if isinstance(value, str) else value


def _option_or_its_name(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


Amount = Annotated[Decimal, BeforeValidator(_amount), Field(ge=0, max_digits=15, decimal_places=2, allow_inf_nan=False)]


class Treatments(Section):
    """Which policy decides: the project's own, or a file of the deployment that replaces some of its dimensions."""

    policy: str | None = Field(default=None, min_length=1)


class Capacity(Section):
    """How many customers a rule may give its option to: a number, a share of all customers, or a budget."""

    customers: int | None = Field(default=None, ge=0, le=10**9)
    share: float | None = Field(default=None, ge=0, le=1)
    budget: Amount | None = None
    by: Gain
    fallback: Literal["expected_margin", "margin_at_risk", "margin_365d"] | None = None

    @model_validator(mode="after")
    def _says_how_many(self) -> Capacity:
        if self.customers is None and self.share is None and self.budget is None:
            message = "it says nothing of how many; write customers, share or budget"
            raise ValueError(message)
        if (self.by == "measured_gain") != (self.fallback is not None):
            message = (
                "write a fallback with by: measured_gain and with nothing else: it counts where nothing is measured"
            )
            raise ValueError(message)
        return self


class Fatigue(Section):
    """After how many contacts in how many days a customer is left alone."""

    contacts: int = Field(ge=1, le=1000)
    days: int = Field(ge=1, le=365)


class Option(Section):
    """What a customer can get; ``channel`` is by what they must be reachable for it."""

    name: OneLine
    channel: Channel = "none"


class PolicyRule(Section):
    """Who gets an option: the rule's code, whom it fits and how many of them."""

    code: Code
    option: Code
    name: OneLine | None = None
    when: dict[str, Any] = Field(min_length=1)
    priority: int | None = Field(default=None, ge=0, le=10**6)
    cost: Amount | None = None
    capacity: Capacity | None = None
    fatigue: Fatigue | None = None

    @model_validator(mode="after")
    def _budget_has_a_cost(self) -> PolicyRule:
        if self.capacity and self.capacity.budget is not None and not self.cost:
            message = "a budget needs the cost of one customer; write cost with an amount above 0"
            raise ValueError(message)
        return self


class Rest(Section):
    """What everybody else gets."""

    option: Code
    code: Code = "otherwise"
    name: OneLine | None = None


class PolicyDimension(Section):
    """One dimension: its options, its rules in their order, and what is left for everybody else."""

    options: dict[Code, Annotated[Option, BeforeValidator(_option_or_its_name)]] = Field(default_factory=dict)
    rules: list[PolicyRule] = Field(default_factory=list)
    otherwise: Annotated[Rest, BeforeValidator(_option_or_its_code)]
