"""The SQL by which the night gave a scheme's segments.

Belongs here: finding it, and what it reads. Does not belong here: running it (trial.py).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.explanation.features import TABLE_PREFIX

# What macro as_of_mark leaves in the SQL in place of the date.
_DATE_MARK = "the date that is computed"
# One model gives all the schemes that a company has defined itself.
_MODELS = ("seg_customers__{scheme}", "seg_customers__custom")
_NAME = re.compile(r"(\"[^\"]+\"|\w+)\.(\"[^\"]+\"|\w+)\.(\"[^\"]+\"|\w+)")
_COMPILED = "compiled/tessera/models/segmentations"


@dataclass(frozen=True, order=True)
class Relation:
    """A table that the SQL reads, as dbt has named it."""

    database: str
    schema: str
    name: str

    @property
    def is_feature_family(self) -> bool:
        return self.schema == "features" and self.name.startswith(TABLE_PREFIX)


@dataclass(frozen=True)
class SchemeSql:
    """The SQL of a scheme's segments for one night, and what it reads."""

    scheme: str
    code: str
    relations: tuple[Relation, ...]

    @property
    def words(self) -> frozenset[str]:
        """Every word in it; a column that is read is one of them."""
        return frozenset(re.findall(r"\w+", re.sub(r"--.*", "", self.code).lower()))


def find_scheme_sql(con: duckdb.DuckDBPyConnection, dbt_folder: Path, scheme: str, night: dt.date) -> SchemeSql | None:
    """Find what dbt compiled last for a scheme; None if it is not there any more."""
    for model in _MODELS:
        name = f"{model.format(scheme=scheme)}.sql"
        found = sorted(
            dbt_folder.glob(f"target/**/{_COMPILED}/{name}"), key=lambda path: (path.stat().st_mtime_ns, path)
        )
        if found:
            code = found[-1].read_text(encoding="utf-8").replace(_DATE_MARK, night.isoformat())
            return SchemeSql(scheme, code, _relations(con, code))
    return None


def _relations(con: duckdb.DuckDBPyConnection, code: str) -> tuple[Relation, ...]:
    # DuckDB's own parser tells them, common table expressions left out; an alias follows the name.
    found = (_NAME.match(name) for name in con.get_table_names(code, qualified=True))
    return tuple(sorted({Relation(*(part.strip('"') for part in name.groups())) for name in found if name}))
