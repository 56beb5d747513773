"""What a scheme reads and which thresholds it uses, from the SQL of its models.

Belongs here: the models of a scheme, their features, other inputs and thresholds. Does not belong here: how SQL is
written out and followed (``dbt_model_sql``, ``feature_lineage``), how it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_contracts.quick_yaml import read_quick_yaml
from orchestration.configuration.rule_text import PLACEHOLDER
from orchestration.found_segments.catalogue import FOUND_SCHEMES
from scripts.dbt_model_sql import ModelSql, model_sql, project_macros
from scripts.feature_lineage import features_used
from scripts.pages.catalogue import Scheme
from scripts.pages.dbt_yml import FAMILY_PREFIX, Column, DbtYml, Model
from scripts.pages.threshold_texts import Threshold

# Every scheme reads them; they say when, not what.
_DATES = "as_of_dates"


@dataclass(frozen=True)
class SchemeInputs:
    """What a scheme looks at.

    Attributes:
        features: Family and column of each feature that it uses.
        others: What else decides: models of boundaries, seeds and what those read.
        thresholds: Those that it uses.
    """

    features: tuple[tuple[Model, Column], ...]
    others: tuple[Model, ...]
    thresholds: tuple[Threshold, ...]


class SchemeModels:
    """The models in the folder of the schemes, and what each of them reads."""

    def __init__(self, dbt_project: Path) -> None:
        self._folder = dbt_project / "models" / "segmentations"
        self._variables: Mapping[str, Any] = read_quick_yaml((dbt_project / "dbt_project.yml").read_text("utf-8"))[
            "vars"
        ]
        self._macros = project_macros()

    def inputs_of(self, scheme: Scheme, described: DbtYml, thresholds: Mapping[str, Threshold]) -> SchemeInputs:
        """What the scheme's model reads, and what the models of its own read that stand behind it."""
        own, others = self._behind(scheme)
        families = described.families
        columns = {name: [column.name for column in family.features] for name, family in families.items()}
        features = {found for sql in own.values() for found in features_used(sql.text, columns)}
        # Python reads what an estimator learns from, so that no SQL says so.
        learnt_from = FOUND_SCHEMES[scheme.code].features() if scheme.code in FOUND_SCHEMES else {}
        asked = {name for sql in own.values() for name in sql.variables}
        asked |= {match[1] for segment in scheme.segments for match in PLACEHOLDER.finditer(segment.rule)}
        return SchemeInputs(
            features=tuple(
                (family, column)
                for name, family in families.items()
                for column in family.features
                if (name, column.name) in features or column.name in learnt_from.get(name, ())
            ),
            others=tuple(described.models[name] for name in others if name in described.models),
            thresholds=tuple(
                threshold
                for name, threshold in thresholds.items()
                if name in asked or name.startswith(f"{scheme.code}_")
            ),
        )

    def _behind(self, scheme: Scheme) -> tuple[dict[str, ModelSql], list[str]]:
        """The scheme's models with their SQL, and whatever else they read besides features and dates."""
        own: dict[str, ModelSql] = {}
        others: list[str] = []
        segments = f"int_segments__{scheme.code}"
        waiting = [scheme.model, segments]
        while waiting:
            name = waiting.pop(0)
            path = self._folder / f"{name}.sql"
            if name not in own and path.is_file():
                raw = path.read_text(encoding="utf-8")
                own[name] = model_sql(raw, name=name, variables=self._variables, macros=self._macros)
                waiting += own[name].reads
            if name not in (scheme.model, segments, _DATES, *others) and not name.startswith(FAMILY_PREFIX):
                others.append(name)
        return own, others
