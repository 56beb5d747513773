"""The section ``demand`` of ``tessera.yml``: by which segments demand is told.

Belongs here: what a deployment may say about it, and the defaults. Does not belong here: forecasts (``demand``), their
thresholds (``dbt_project.yml``).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from orchestration.configuration.setting_types import Section

EVERYBODY = "all"


class Demand(Section):
    """Demand by category.

    Attributes:
        schemes: Schemes by whose segments demand is told, besides that of everybody. One that is not built is left out.
    """

    schemes: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]] = Field(
        default=["value_tier", "product_preference"]
    )

    @field_validator("schemes")
    @classmethod
    def _each_once(cls, schemes: list[str]) -> list[str]:
        repeated = sorted({scheme for scheme in schemes if schemes.count(scheme) > 1})
        if repeated:
            message = f"{', '.join(repeated)} is named more than once; name each scheme once"
            raise ValueError(message)
        if EVERYBODY in schemes:
            message = f"{EVERYBODY} is always told; name schemes only"
            raise ValueError(message)
        return schemes
