"""The page of all features.

Belongs here: families and their columns with type, unit and meaning. Does not belong here: which scheme reads them.
"""

from __future__ import annotations

from scripts.pages.dbt_yml import FAMILY_PREFIX, DbtYml, Model
from scripts.pages.markdown import anchor, code, page, table
from scripts.pages.units import unit_of

_INTRODUCTION = (
    "What the project works out about every customer, on every evaluated date, from what was known on that date. The"
    " schemes are made of these columns, and reasons name them. A window of N days ends on the as-of date and is N days"
    " long. A customer of whom a family knows nothing has counts of 0, and no shares and no days since something."
)


def feature_page(described: DbtYml) -> str:
    """The text of the page."""
    families = list(described.families.values())
    links = "\n".join(
        f"- [{family_title(family)}](#{anchor(family_title(family))}): {family.meaning}" for family in families
    )
    return page(
        "the yml of the feature families",
        "# Features",
        _INTRODUCTION,
        links,
        *(_family(family) for family in families),
    )


def family_title(family: Model) -> str:
    """What a family is called in a heading."""
    return family.name.removeprefix(FAMILY_PREFIX).replace("_", " ").capitalize()


def _family(family: Model) -> str:
    rows = [
        [
            code(column.name),
            code(column.data_type) if column.data_type else "",
            unit_of(column.name, column.data_type),
            column.description,
        ]
        for column in family.features
    ]
    return f"## {family_title(family)}\n\n{code(family.name)}\n\n" + table(["feature", "type", "unit", "meaning"], rows)
