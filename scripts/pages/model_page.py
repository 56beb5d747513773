"""The page of all dbt models.

Belongs here: the models of each layer with what their YAML says of them. Does not belong here: marts, which have pages
of their own (``mart_pages``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scripts.pages.dbt_yml import Model
from scripts.pages.markdown import anchor, code, page, table

_INTRODUCTION = (
    "Every dbt model that a night may build, by layer, from left to right: what it is and what a row of it stands for."
    " A layer reads those left of it only. What is published is in [the marts](marts/README.md), what features say of a"
    " customer in [Features](features.md)."
)
# From left to right; a layer that is missing here would be left out of the page, so it is an error.
LAYERS = (
    "staging",
    "canonical",
    "identity",
    "features",
    "outcomes",
    "segmentations",
    "evaluation",
    "demand",
    "treatments",
    "campaigns",
    "kpis",
)


def model_page(models: Mapping[str, Sequence[Model]]) -> str:
    """The text of the page.

    Args:
        models: The models of each layer, besides the marts.
    """
    links = "\n".join(f"- [{_title(layer)}](#{anchor(layer)}): {len(models[layer])} models" for layer in LAYERS)
    return page(
        "the YAML beside the dbt models",
        "# Models",
        _INTRODUCTION,
        links,
        *(_layer(layer, models[layer]) for layer in LAYERS),
    )


def _layer(layer: str, models: Sequence[Model]) -> str:
    rows = [[code(model.name), model.description] for model in sorted(models, key=lambda model: model.name)]
    return f"## {_title(layer)}\n\n" + table(["model", "what it is"], rows)


def _title(layer: str) -> str:
    return {"kpis": "KPIs"}.get(layer, layer.capitalize())
