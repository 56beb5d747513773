"""The SQL of dbt's models outside dbt, and what each asked for on the way: relations it reads, variables it uses.

Belongs here: enough of dbt's Jinja for models of features and schemes, with the defaults of the project's variables and
as in a unit test, where every date is computed. Does not belong here: what is read out of the SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from orchestration.errors import TesseraError
from orchestration.repository import DBT_PROJECT

_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)\(.*?\{%-?\s*endmacro\s*-?%\}", flags=re.DOTALL)


@dataclass(frozen=True)
class ModelSql:
    """A model's SQL with its macros written out.

    Attributes:
        text: The SQL; a relation is called by its name alone.
        reads: Models and seeds that it refers to, in the order of the SQL.
        variables: The project's variables that it or its macros ask for.
    """

    text: str
    reads: tuple[str, ...]
    variables: frozenset[str]


class _Returned(Exception):  # noqa: N818  it carries a value and is no error
    """What a macro gives back by ``return``, where a macro of Jinja could only write text."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


def project_macros() -> dict[str, str]:
    """The text of every macro of the project, by its name."""
    macros: dict[str, str] = {}
    for path in sorted((DBT_PROJECT / "macros").glob("*.sql")):
        macros |= {match[1]: match[0] for match in _MACRO.finditer(path.read_text(encoding="utf-8"))}
    return macros


def model_sql(raw: str, *, name: str, variables: Mapping[str, Any], macros: Mapping[str, str]) -> ModelSql:
    """Write a model's SQL out.

    Args:
        raw: The text of its file.
        name: What an error calls it.
        variables: Values of the project's variables.
        macros: The project's macros.

    Raises:
        TesseraError: It uses something of dbt that is not known here.
    """
    reads: list[str] = []
    asked: set[str] = set()

    def ref(*names: str) -> str:
        reads.append(names[-1])
        return names[-1]

    def var(variable: str, *default: Any) -> Any:
        asked.add(variable)
        return variables[variable] if not default else variables.get(variable, default[0])

    environment = Environment(extensions=["jinja2.ext.do"], undefined=StrictUndefined)  # noqa: S701  it writes SQL
    environment.globals |= {
        "ref": ref,
        "source": ref,
        "var": var,
        "config": lambda **_: "",
        "env_var": lambda *_: "2000-01-01",
        "return": _give_back,
        "model": {"resource_type": "unit_test"},
    }
    for macro, text in macros.items():
        environment.globals[macro] = _callable(environment, macro, text)
    try:
        written = environment.from_string(raw).render()
    except Exception as error:
        raise TesseraError(
            f"the SQL of {name} cannot be written out for its page",
            expected="the Jinja of a model of features or schemes: ref, source, var, config and macros of the project",
            found=str(error),
            fix="use no other function of dbt there, or teach it to scripts/dbt_model_sql.py",
        ) from error
    return ModelSql(written, tuple(dict.fromkeys(reads)), frozenset(asked))


def _give_back(value: Any) -> None:
    raise _Returned(value)


def _callable(environment: Environment, name: str, text: str) -> Callable[..., Any]:
    """A macro as a function. Each is a template of its own, so that it finds the others as functions too."""

    @cache
    def template() -> Template:
        return environment.from_string(text)

    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return getattr(template().make_module(), name)(*arguments, **named)
        except _Returned as returned:
            return returned.value

    return call
