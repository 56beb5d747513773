"""What a reader must know about a model before using its numbers.

Belongs here: the card and its two renderings (Mitchell et al. 2019, "Model cards for model reporting"). Does not
belong here: measuring, files.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """One version of one model.

    Attributes:
        name: Name of the model, such as ``p_return_90d``.
        version: Version of the model.
        purpose: What its numbers are for, in one or two sentences.
        not_for: What they must not be used for.
        horizon_days: Days ahead.
        trained_from: First as-of date that was learnt from, ISO.
        trained_until: Last date of which the model knows an outcome, ISO.
        rows: Rows learnt from.
        data_fingerprint: Digest of those rows.
        features: Columns used.
        metrics: Metric to value on the newest complete window.
        baseline_metrics: The same of the simple baseline.
        slices: One record per slice, level and metric.
        is_promoted: Whether the model may serve.
        reasons: Why or why not.
        limits: What is known to be weak or doubtful.
    """

    name: str
    version: str
    purpose: str
    not_for: Sequence[str]
    horizon_days: int
    trained_from: str
    trained_until: str
    rows: int
    data_fingerprint: str
    features: Sequence[str]
    metrics: Mapping[str, float]
    baseline_metrics: Mapping[str, float]
    is_promoted: bool
    reasons: Sequence[str]
    slices: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    limits: Sequence[str] = field(default_factory=tuple)

    def to_parameters(self) -> dict[str, Any]:
        """Return the card as plain JSON types; undefined numbers become None."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    def to_markdown(self) -> str:
        """Return the card as a page of Markdown."""
        verdict = "It may serve." if self.is_promoted else "It does not serve."
        provenance = (
            f"{verdict} It looks {self.horizon_days} days ahead and was learnt from {self.rows:,} rows of "
            f"{self.trained_from} and later, whose outcomes were known on {self.trained_until}. "
            f"Fingerprint of the data: `{self.data_fingerprint}`."
        )
        lines = [
            f"# {self.name}, version {self.version}",
            "",
            self.purpose,
            "",
            provenance,
            "",
            *_bullets("Not for", self.not_for),
            *_bullets("Why it serves" if self.is_promoted else "Why it does not serve", self.reasons),
            *_bullets("Limits", self.limits),
            "## On the newest complete window",
            "",
            "| metric | model | baseline |",
            "|---|--:|--:|",
        ]
        for name in self.metrics:
            baseline = self.baseline_metrics.get(name, float("nan"))
            lines.append(f"| {name.replace('_', ' ')} | {_number(self.metrics[name])} | {_number(baseline)} |")
        if self.slices:
            names = list(self.slices[0])
            lines += ["", "## For whom", "", f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
            lines += [f"| {' | '.join(_number(record[name]) for name in names)} |" for record in self.slices]
        lines += ["", "## Features", "", ", ".join(f"`{name}`" for name in self.features), ""]
        return "\n".join(lines)


def _bullets(title: str, sentences: Sequence[str]) -> list[str]:
    return [f"## {title}", "", *(f"- {sentence}" for sentence in sentences), ""] if sentences else []


def _number(value: Any) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "not defined"
    if isinstance(value, float):
        return f"{value:,.0f}" if value == int(value) and abs(value) >= 1 else f"{value:.4g}"
    return str(value).replace("|", "\\|")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if hasattr(value, "item"):
        return _plain(value.item())
    return value
