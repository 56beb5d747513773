"""What the YAML beside the dbt models says: descriptions, columns, meta and unit tests.

Belongs here: reading it and resolving ``doc(...)``. Does not belong here: how a page shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_contracts.quick_yaml import read_quick_yaml
from orchestration.errors import TesseraError

FAMILY_PREFIX = "feat_customers__"
# They say whose row it is and of when, not what the customer is like.
KEYS = frozenset({"customer_id", "as_of_date"})
_DOC = re.compile(r"\{\{\s*doc\(['\"](\w+)['\"]\)\s*\}\}")


@dataclass(frozen=True)
class Column:
    """A described column; ``data_type`` is empty where the YAML has none."""

    name: str
    description: str
    data_type: str


@dataclass(frozen=True)
class Model:
    """A described model, or seed."""

    name: str
    description: str
    meta: Mapping[str, str]
    columns: tuple[Column, ...]

    @property
    def features(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.name not in KEYS)

    @property
    def meaning(self) -> str:
        """The description without its last sentence, which is about the grain."""
        return re.sub(r"\s*One row per [^.]*\.$", "", self.description)


@dataclass(frozen=True)
class DbtYml:
    """All models and unit tests that some YAML files describe, by name."""

    models: Mapping[str, Model]
    unit_tests: Mapping[str, Mapping[str, Any]]

    @property
    def families(self) -> dict[str, Model]:
        """The feature families, in the order of their names."""
        return {name: self.models[name] for name in sorted(self.models) if name.startswith(FAMILY_PREFIX)}


def read_dbt_yml(dbt_project: Path) -> DbtYml:
    """Read the YAML of features, schemes, seeds and what estimators leave for schemes.

    Raises:
        TesseraError: A description names a text of ``_docs.md`` that is not there.
    """
    docs = _docs(dbt_project)
    models: dict[str, Model] = {}
    tests: dict[str, Mapping[str, Any]] = {}
    for path, content in _files(dbt_project, ("models/features", "models/segmentations", "seeds")):
        tables = [table for source in content.get("sources", ()) for table in source["tables"]]
        for entry in [*content.get("models", ()), *content.get("seeds", ()), *tables]:
            models[entry["name"]] = _model(entry, docs, path)
        tests |= {test["name"]: test for test in content.get("unit_tests", ())}
    return DbtYml(models, tests)


def read_layers(dbt_project: Path, layers: Iterable[str]) -> dict[str, list[Model]]:
    """The models of each layer, a folder of dbt's models, in the order of files and places.

    Raises:
        TesseraError: A folder is none of the layers, apart from the marts; or as for ``read_dbt_yml``.
    """
    named = list(layers)
    folders = {path.name for path in (dbt_project / "models").iterdir() if path.is_dir()} - {"marts"}
    if folders != set(named):
        raise TesseraError(
            "the layers of the page of models are not the folders of models",
            expected=", ".join(sorted(folders)),
            found=", ".join(sorted(named)),
            fix="name every folder in LAYERS of scripts/pages/model_page.py",
        )
    docs = _docs(dbt_project)
    return {
        layer: [
            _model(entry, docs, path)
            for path, content in _files(dbt_project, (f"models/{layer}",))
            for entry in content.get("models", ())
        ]
        for layer in named
    }


def _files(dbt_project: Path, folders: Iterable[str]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for folder in folders:
        for path in sorted((dbt_project / folder).rglob("*.yml")):
            yield path, read_quick_yaml(path.read_text(encoding="utf-8"))


def _docs(dbt_project: Path) -> dict[str, str]:
    """The texts that several descriptions share, by their names."""
    path = dbt_project / "models" / "_docs.md"
    blocks = re.findall(r"\{% docs (\w+) %\}(.*?)\{% enddocs %\}", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {name: " ".join(text.split()) for name, text in blocks}


def _model(entry: Mapping[str, Any], docs: Mapping[str, str], path: Path) -> Model:
    def resolved(text: str | None) -> str:
        return " ".join(_DOC.sub(_text_of, text or "").split())

    def _text_of(match: re.Match[str]) -> str:
        if match[1] not in docs:
            raise TesseraError(
                f"{path.name}: a description of {entry['name']} names a text that is not there",
                expected=f"one of {', '.join(sorted(docs))}",
                found=match[1],
                fix="add it to dbt_project/models/_docs.md or correct the name",
            )
        return docs[match[1]]

    return Model(
        name=entry["name"],
        description=resolved(entry.get("description")),
        meta={name: resolved(str(text)) for name, text in entry.get("config", {}).get("meta", {}).items()},
        columns=tuple(
            Column(column["name"], resolved(column.get("description")), str(column.get("data_type", "")))
            for column in entry.get("columns", ())
        ),
    )
