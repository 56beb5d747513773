"""How far features, predictions and outcomes have moved from what a model was learnt on.

Belongs here: frozen bins, effect sizes and their bands. Does not belong here: what happens then, where the
reference is kept.

Tests of significance call everything drift once there are enough rows; these are effect sizes, and a small sample
is kept from raising an alarm by the size that chance alone would give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from scipy.stats import chi2

from ml.errors import ModelInputError, ParameterFormatError

Result = Literal["ok", "warn", "block"]
MISSING, OTHER = "(missing)", "(other)"
FORMAT = "tessera.drift_reference"


def population_stability_index(expected: np.ndarray, actual: np.ndarray) -> float:
    """Return the population stability index of two rows of counts over the same bins, shape (b,).

    Sum over bins of ``(a - e) ln(a / e)`` of the shares (Siddiqi 2006; Jeffreys' divergence). Each count gets 0.5 so
    that an empty bin does not make it infinite.
    """
    e, a = _shares(expected), _shares(actual)
    return float(((a - e) * np.log(a / e)).sum())


def jensen_shannon_divergence(expected: np.ndarray, actual: np.ndarray) -> float:
    """Return the Jensen-Shannon divergence of two rows of counts over the same bins, in bits: 0 to 1 (Lin 1991)."""
    e, a = (np.asarray(counts, dtype=np.float64) / np.sum(counts) for counts in (expected, actual))
    middle = (e + a) / 2
    total = 0.0
    for shares in (e, a):
        some = shares > 0
        total += float((shares[some] * np.log2(shares[some] / middle[some])).sum()) / 2
    return max(total, 0.0)


def chance_limit(bins: int, expected_rows: float, actual_rows: float, *, level: float = 0.99) -> float:
    """Return the index that samples of one population stay below with probability ``level``.

    It is distributed like ``(1/n + 1/m)`` times chi-squared with ``bins - 1`` degrees of freedom (Yurdakul &
    Naranjo 2020, theorem 1).
    """
    return float(chi2.ppf(level, max(bins - 1, 1)) * (1 / expected_rows + 1 / actual_rows))


@dataclass(frozen=True, kw_only=True)
class DriftBands:
    """Limits of the population stability index: below .1 little, above .25 a major shift (Siddiqi 2006).

    Attributes:
        warn: From here on somebody should look.
        block: From here on the model should not be used without a look.
    """

    warn: float = 0.1
    block: float = 0.25

    def result(self, index: float, *, limit_of_chance: float) -> Result:
        """Return the band of an index; one that chance explains is ok."""
        if index < self.warn or index <= limit_of_chance:
            return "ok"
        return "block" if index >= self.block else "warn"


class DriftReference:
    """Frozen bins and counts of the frame a model was learnt on.

    Args:
        bins: Quantile bins of a numeric column; ties stay whole, so there may be fewer.
        max_levels: Levels of a categorical column that are kept; the rest is one level.

    Attributes:
        columns_: Column to its kind, edges or levels, and counts; missing values are a bin of their own.
    """

    def __init__(self, *, bins: int = 10, max_levels: int = 30) -> None:
        self.bins = bins
        self.max_levels = max_levels

    def fit(self, frame: pd.DataFrame, *, columns: Sequence[str] | None = None) -> Self:
        """Freeze bins and counts of the columns of ``frame``; the order of its rows does not matter."""
        if frame.empty:
            raise _no_rows()
        self.columns_: dict[str, dict[str, Any]] = {}
        for name in columns if columns is not None else frame.columns:
            column = frame[name]
            if pd.api.types.is_numeric_dtype(column.dtype):
                values = column.to_numpy(dtype=np.float64, na_value=np.nan)
                known = values[np.isfinite(values)]
                inner = np.linspace(0, 1, self.bins + 1)[1:-1]
                edges = np.unique(np.quantile(known, inner)).tolist() if len(known) else []
                learnt: dict[str, Any] = {"kind": "numeric", "edges": edges}
            else:
                counted = column.dropna().astype(str).value_counts()
                ordered = sorted(counted.index, key=lambda level: (-counted[level], level))
                learnt = {"kind": "categorical", "levels": ordered[: self.max_levels]}
            self.columns_[str(name)] = learnt | {"counts": _counts(column, learnt).tolist()}
        return self

    def compare(self, frame: pd.DataFrame, *, bands: DriftBands | None = None) -> pd.DataFrame:
        """Return one row per column of the reference, most moved first.

        Args:
            frame: Rows of tonight, with every column of the reference.
            bands: Limits; the literature's by default.

        Returns:
            column, population_stability_index, jensen_shannon_divergence, limit_of_chance, result.

        Raises:
            ModelInputError: The frame is empty or lacks a column.
        """
        bands = bands or DriftBands()
        if frame.empty:
            raise _no_rows()
        rows = []
        for name, learnt in self.columns_.items():
            if name not in frame.columns:
                raise ModelInputError(
                    f"Drift: column {name!r} is not in the table",
                    expected=f"the columns {', '.join(self.columns_)}",
                    found=f"{len(frame.columns)} columns without it",
                    fix="add the column, or learn the reference again",
                )
            before = np.asarray(learnt["counts"], dtype=np.float64)
            after = _counts(frame[name], learnt)
            # Bins empty on both sides say nothing.
            used = (before + after) > 0
            before, after = before[used], after[used]
            index = population_stability_index(before, after)
            limit = chance_limit(int(used.sum()), before.sum(), after.sum())
            divergence = jensen_shannon_divergence(before, after)
            rows.append((name, index, divergence, limit, bands.result(index, limit_of_chance=limit)))
        names = ["column", "population_stability_index", "jensen_shannon_divergence", "limit_of_chance", "result"]
        table = pd.DataFrame(rows, columns=names)
        return table.sort_values([names[1], "column"], ascending=[False, True], ignore_index=True)

    def to_parameters(self) -> dict[str, Any]:
        """Return the reference as plain JSON types."""
        return {"format": FORMAT, "bins": self.bins, "max_levels": self.max_levels, "columns": self.columns_}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a reference from ``to_parameters()``."""
        if parameters.get("format") != FORMAT:
            raise ParameterFormatError(
                "Drift: this is no drift reference",
                expected=f"format {FORMAT!r}",
                found=repr(parameters.get("format")),
                fix="learn the reference again",
            )
        reference = cls(bins=int(parameters["bins"]), max_levels=int(parameters["max_levels"]))
        reference.columns_ = {str(name): dict(learnt) for name, learnt in parameters["columns"].items()}
        return reference


def overall_result(results: Sequence[str] | pd.Series) -> Result:
    """Return the worst of the results: ``block`` before ``warn`` before ``ok``."""
    found = set(results)
    return "block" if "block" in found else "warn" if "warn" in found else "ok"


def _counts(column: pd.Series, learnt: Mapping[str, Any]) -> np.ndarray:
    if learnt["kind"] == "numeric":
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        known = ~np.isnan(values)
        edges = np.asarray(learnt["edges"], dtype=np.float64)
        bins = np.bincount(np.searchsorted(edges, values[known], side="left"), minlength=len(edges) + 1)
        return np.append(bins, (~known).sum()).astype(np.float64)
    levels = [*learnt["levels"], OTHER, MISSING]
    texts = column.astype(object).where(column.notna(), MISSING).astype(str)
    counted = texts.where(texts.isin(levels), OTHER).value_counts()
    return counted.reindex(levels, fill_value=0).to_numpy(dtype=np.float64)


def _shares(counts: np.ndarray) -> np.ndarray:
    smoothed = np.asarray(counts, dtype=np.float64) + 0.5
    return np.asarray(smoothed / smoothed.sum())


def _no_rows() -> ModelInputError:
    return ModelInputError(
        "Drift: there are no rows to compare",
        expected="at least one row",
        found="an empty frame",
        fix="pass the rows of the night",
    )
