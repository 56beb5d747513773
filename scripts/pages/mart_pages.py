"""The reference of the marts: an index, a page a mart and one of all their columns.

Belongs here: what the pages tell. Does not belong here: reading the contracts (``marts``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from scripts.pages.markdown import code, page, table
from scripts.pages.marts import Mart, MartColumn
from scripts.pages.units import unit_of

GENERATED_FROM = "the outbound contracts"
_INTRODUCTION = (
    "What a night publishes: tables for BI tools, each with a contract that the build is held to. How to open them, and"
    " which of them answers what, is in [Read the marts](../read-the-marts.md); every column by its name in"
    " [Columns of the marts](../columns.md). No mart holds a name, an address or a number of a person, only"
    " `customer_id`."
)
_COLUMNS = (
    "Every column of the [marts](marts/README.md), by its name. A name that means something else in another mart has a"
    " line for each meaning."
)


def mart_index(marts: Sequence[Mart]) -> str:
    """The text of the index."""
    rows = [[f"[{code(mart.name)}]({mart.name}.md)", mart.grain, mart.purpose] for mart in marts]
    return page(GENERATED_FROM, "# The marts", _INTRODUCTION, table(["mart", "grain", "what it is for"], rows))


def mart_page(mart: Mart) -> str:
    """The text of a mart's page."""
    told = [
        f"**How to use it.** {mart.usage}" if mart.usage else "",
        f"**What it does not say.** {mart.limitations}" if mart.limitations else "",
    ]
    contract = f"[{mart.name}.odcs.yaml](../../data_contracts/outbound/{mart.name}.odcs.yaml)"
    rows = [
        [
            code(column.name),
            code(column.data_type),
            unit_of(column.name, column.data_type),
            _presence(column),
            _meaning(column),
        ]
        for column in mart.columns
    ]
    return page(
        f"the contract {mart.name}",
        f"# {mart.title}",
        f"{code(mart.name)}. {mart.grain} {mart.purpose}",
        *told,
        "## Columns",
        table(["column", "type", "unit", "there", "meaning"], rows),
        f"The contract: {contract}. All marts: [the marts](README.md).",
    )


def column_page(marts: Sequence[Mart]) -> str:
    """The text of the page of all columns."""
    meanings: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for mart in marts:
        for column in mart.columns:
            meanings[column.name, column.data_type, _meaning(column)].append(mart.name)
    rows = [
        [code(name), code(data_type), unit_of(name, data_type), meaning, ", ".join(map(_mart_link, names))]
        for (name, data_type, meaning), names in sorted(meanings.items())
    ]
    return page(
        GENERATED_FROM,
        "# Columns of the marts",
        _COLUMNS,
        table(["column", "type", "unit", "meaning", "in"], rows),
    )


def _presence(column: MartColumn) -> str:
    if column.is_key:
        return "key"
    return "always" if column.is_required else "may be null"


def _meaning(column: MartColumn) -> str:
    values = f" One of {', '.join(map(code, column.values))}." if column.values else ""
    return column.meaning + values


def _mart_link(name: str) -> str:
    return f"[{name}](marts/{name}.md)"
