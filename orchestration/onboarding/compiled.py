"""A staging model as the SQL that DuckDB runs, without dbt.

Belongs here: rendering a model's Jinja with the project's own macros. Does not belong here: running it (trial.py,
unit_test_text.py).

dbt would take seconds for what are a few macros of a staging model; that dbt agrees is what the drafted unit test
shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, StrictUndefined

_MACROS = ("latest_rows", "record_versions")


def compiled_sql(model: str, *, project: Path, relation: str, variables: Mapping[str, str]) -> str:
    """The SQL of a staging model.

    Args:
        model: Its text.
        project: The project, for its macros.
        relation: SQL that stands for the model's one source.
        variables: dbt variables by name.
    """
    macros = "".join(
        (project / "dbt_project" / "macros" / f"{name}.sql").read_text(encoding="utf-8") for name in _MACROS
    )
    # Renders SQL for DuckDB, not pages: nothing to escape.
    environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701
    template = environment.from_string(macros + model)
    return template.render(
        config=lambda **_: "",
        source_is_on=lambda *_: True,
        source=lambda *_: relation,
        var=lambda name: variables[name],
    )
