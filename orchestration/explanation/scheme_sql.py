"""The SQL by which the night gave a scheme's segments.

Belongs here: finding it, and what it reads. Does not belong here: running it (trial.py).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from orchestration.explanation.features import PREDICTIONS_TABLE, TABLE_PREFIX

# What macro as_of_mark leaves in the SQL in place of the date.
_DATE_MARK = "the date that is computed"
# One model gives all the schemes that a company has defined itself.
_MODELS = ("seg_customers__{scheme}", "seg_customers__custom")
# As dbt writes the name of whatever a model refers to: database, schema and table, each in quotes.
_NAME = re.compile(r'"([^"]+)"\."([^"]+)"\."([^"]+)"')
_COMMENT = re.compile(r"--.*")
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

    @property
    def is_of_predictions(self) -> bool:
        return (self.schema, self.name) == ("ml", PREDICTIONS_TABLE)


@dataclass(frozen=True)
class SchemeSql:
    """The SQL of a scheme's segments for one night, and what it reads."""

    scheme: str
    code: str

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The tables in it."""
        return tuple(sorted({Relation(*name.groups()) for name in _NAME.finditer(_COMMENT.sub("", self.code))}))

    @property
    def words(self) -> frozenset[str]:
        """Every word in it; a column that is read is one of them."""
        return frozenset(re.findall(r"\w+", _COMMENT.sub("", self.code).lower()))


def find_scheme_sql(dbt_folder: Path, scheme: str, night: dt.date) -> SchemeSql | None:
    """Find what dbt compiled last for a scheme; None if it is not there any more."""
    for model in _MODELS:
        name = f"{model.format(scheme=scheme)}.sql"
        found = sorted(
            dbt_folder.glob(f"target/**/{_COMPILED}/{name}"), key=lambda path: (path.stat().st_mtime_ns, path)
        )
        if found:
            code = found[-1].read_text(encoding="utf-8").replace(_DATE_MARK, night.isoformat())
            return SchemeSql(scheme, code)
    return None
