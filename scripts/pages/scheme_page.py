"""The page of one scheme.

Belongs here: what stands on it, in which order and words. Does not belong here: where the facts come from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import groupby

from orchestration.configuration.rule_text import filled, shown
from orchestration.errors import TesseraError
from scripts.pages.catalogue import Scheme
from scripts.pages.dbt_yml import DbtYml, Model
from scripts.pages.feature_page import family_title
from scripts.pages.markdown import anchor, code, page, table
from scripts.pages.scheme_inputs import SchemeInputs
from scripts.pages.threshold_texts import Threshold
from scripts.pages.worked_example import worked_example

GENERATED_FROM = "the catalogues, dbt_project.yml and the scheme's SQL and yml"


def scheme_page(scheme: Scheme, inputs: SchemeInputs, described: DbtYml, thresholds: Mapping[str, Threshold]) -> str:
    """The text of a scheme's page.

    Args:
        scheme: The scheme.
        inputs: What its model reads.
        described: The YAML beside the models.
        thresholds: Every threshold.
    """
    model = described.models.get(scheme.model)
    if model is None or not {"rule", "unknown"} <= set(model.meta):
        raise TesseraError(
            f"the scheme {scheme.code} does not tell its rule",
            expected=f"config.meta.rule and config.meta.unknown of {scheme.model}",
            found="no such model in the YAML" if model is None else f"meta: {', '.join(model.meta) or 'none'}",
            fix=f"add them to dbt_project/models/segmentations/{scheme.model}.yml",
        )
    return page(
        GENERATED_FROM,
        f"# {scheme.name}",
        f"*{scheme.question}*",
        _facts(scheme),
        f"{model.meaning}\n\n## The rule\n\n{model.meta['rule']}",
        _segments(scheme, model, described, thresholds),
        _thresholds(scheme, inputs),
        _inputs(inputs),
        _example(scheme, described),
    )


def _facts(scheme: Scheme) -> str:
    return table(
        ["", ""],
        [
            ["code", code(scheme.code)],
            ["made", scheme.method_in_words],
            ["needs", scheme.needs],
            ["looks at", scheme.inputs],
            ["definition", scheme.source],
            ["owner", scheme.owner],
        ],
    )


def _segments(scheme: Scheme, model: Model | None, described: DbtYml, thresholds: Mapping[str, Threshold]) -> str:
    parts = ["## Segments"]
    if scheme.kind == "found":
        parts.append(
            "A model finds the segments in the company's own data, names and describes them, so there is no list. The"
            " mart `segment_profiles` has those of the last night. Always there:"
        )
    elif scheme.kind == "derived":
        source = described.models.get(f"int_segments__{scheme.code}")
        told = f" {source.meaning}" if source else ""
        parts.append(
            f"Most segments follow from the company's own data.{told} The mart `segment_profiles` has those of the last"
            " night. Always there:"
        )
    elif "{" in "".join(segment.rule for segment in scheme.segments):
        parts.append("Numbers are the defaults of the thresholds below.")
    defaults = {name: threshold.default for name, threshold in thresholds.items()}
    parts.append(
        table(
            ["segment", "code", "meaning", "rule"],
            [
                [segment.name, code(segment.code), segment.description, filled(segment.rule, defaults)]
                for segment in scheme.segments
            ],
        )
    )
    if model:
        parts.append(f"**Unknown** means: {model.meta['unknown']}")
    return "\n\n".join(parts)


def _thresholds(scheme: Scheme, inputs: SchemeInputs) -> str:
    if not inputs.thresholds:
        return "## Thresholds\n\nNone that a company could set."
    # One of the scheme's own, where there is one, as those it shares come first in the file.
    example = max(inputs.thresholds, key=lambda each: each.name.startswith(f"{scheme.code}_"))
    return "\n\n".join(
        [
            "## Thresholds",
            "These are the defaults. Override any of them by name in `tessera.yml`:",
            f"```yaml\nthresholds:\n  {example.name}: {json.dumps(example.default)}\n```",
            table(
                ["threshold", "default", "meaning"],
                _by_meaning(inputs.thresholds),
            ),
        ]
    )


def _by_meaning(thresholds: Iterable[Threshold]) -> list[list[str]]:
    """A line for each comment of ``dbt_project.yml``, with all thresholds that it stands above."""
    lines = []
    for meaning, group in groupby(thresholds, key=lambda threshold: threshold.meaning):
        together = list(group)
        names = "<br>".join(code(each.name) for each in together)
        lines.append([names, "<br>".join(shown(each.default) for each in together), meaning])
    return lines


def _inputs(inputs: SchemeInputs) -> str:
    parts = [
        "## What it reads",
        table(
            ["feature", "meaning", "family"],
            [[code(column.name), column.description, _family_link(family)] for family, column in inputs.features],
        ),
    ]
    if inputs.others:
        lines = "\n".join(f"- {code(model.name)}: {model.meaning}" for model in inputs.others)
        parts.append(f"Beside the features:\n\n{lines}")
    return "\n\n".join(parts)


def _family_link(family: Model) -> str:
    title = family_title(family)
    return f"[{title}](../features.md#{anchor(title)})"


def _example(scheme: Scheme, described: DbtYml) -> str:
    name = f"test_{scheme.model}__worked_example"
    if name not in described.unit_tests:
        # What a model finds has no case that would be the same in every company.
        if scheme.kind == "found":
            return ""
        raise TesseraError(
            f"the scheme {scheme.code} has no worked example",
            expected=f"a dbt unit test {name}, whose description tells one customer's case",
            found="no unit test of that name",
            fix=f"add it to dbt_project/models/segmentations/{scheme.model}.yml",
        )
    names = {segment.code: segment.name for segment in scheme.segments}
    return f"## A worked example\n\n{worked_example(described.unit_tests[name], segment_names=names)}"
