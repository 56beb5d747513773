"""A column that conditions can be written on.

Belongs here: what a condition has to know of it. Does not belong here: which columns there are (``feature_catalog``,
``customer_columns``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from data_contracts import sql_quoting as sql
from data_contracts.physical_types import Family, PhysicalType

# Types that a condition can be written on.
USABLE: frozenset[Family] = frozenset({"text", "integer", "decimal", "float", "boolean", "date"})


@dataclass(frozen=True)
class Column:
    """A column that conditions can be written on.

    Attributes:
        name: What it is called in conditions.
        table: The relation that has it.
        type: Its type in the database.
        codes: All values that it can have, where they are known; none where any text is possible.
        expression: SQL that gives its value; the column of that name where it is empty.
        title: What readers call it; made of its name where it is empty.
        value_names: What readers call its values, where they are codes.
    """

    name: str
    table: str
    type: PhysicalType
    codes: tuple[str, ...] = ()
    expression: str = ""
    title: str = ""
    value_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What readers call it, for example "late delivery share (365 days)" or "chance of return (90 days)"."""
        if self.title:
            return self.title
        chance = re.sub(r"^p_", "chance_of_", self.name)
        return re.sub(r"^(.*?)_(\d+)d(_.*)?$", r"\1\3 (\2 days)", chance).replace("_amount", "").replace("_", " ")

    @property
    def sql(self) -> str:
        """SQL that gives its value."""
        return self.expression or sql.identifier(self.name)

    @property
    def is_number(self) -> bool:
        return self.type.family in ("integer", "decimal", "float")

    @property
    def is_share(self) -> bool:
        """Whether it is written in per cent: a share, or a chance."""
        return self.is_number and (self.name.endswith("_share") or self.name.startswith("p_"))

    @property
    def is_never_negative(self) -> bool:
        """Whether the name promises it: counts, shares and days since something begin at 0."""
        return self.is_number and (self.is_share or self.name.endswith("_count") or self.name.startswith("days_since_"))
