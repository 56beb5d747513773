"""Plain names and descriptions of clusters, from what sets each apart.

Belongs here: turning differences of typical values into words that are given as data. Does not belong here:
any word about a column of ours (see ``purchase_vocabulary``), clustering, codes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np

from ml.evaluation.drift import MISSING, OTHER

Unit = Literal["number", "days", "pieces", "amount", "percent"]
# One of them and several.
_COUNTED: Mapping[Unit, tuple[str, str]] = {"days": ("day", "days"), "pieces": ("piece", "pieces")}

# Standardised differences at which a word, and at which the stronger word, is earned.
NOTABLE = 0.35
STRONG = 1.2
# Smaller differences than this are no news; a description leaves them out if it has anything else to say.
MENTIONED = 0.15
DESCRIBED_FEATURES = 3


@dataclass(frozen=True, kw_only=True)
class FeatureMeaning:
    """What a high and a low value of a feature say about a customer, in words.

    Attributes:
        feature: Column name.
        aspect: What it is about; a name uses each aspect once, so that two measures of frequency do not both
            speak.
        role: ``adjective`` stands before the noun, ``noun`` names the people (plural).
        rank: Adjectives stand in ascending rank.
        salience: Factor on the difference when features compete for the few words of a name.
        high: Words for a high value; None where a high value is not worth a word. Of a categorical feature: words
            for having a level often, with ``{level}``.
        low: Words for a low value; None likewise.
        very_high: Words for a very high value, default ``high``.
        very_low: Words for a very low value, default ``low``.
        clause: Part of a sentence with ``{value}``, such as ``"buys on {value} a year"``; of a categorical
            feature also with ``{level}``, where the value is a share.
        unit: How ``{value}`` is written.
        level: The level of a categorical feature that this is about; set by ``of_level``.
    """

    feature: str
    aspect: str
    role: Literal["adjective", "noun"]
    clause: str
    rank: int = 50
    salience: float = 1.0
    high: str | None = None
    low: str | None = None
    very_high: str | None = None
    very_low: str | None = None
    unit: Unit = "number"
    level: str | None = None

    def telling(self, effect: float) -> float:
        """Return how much a standardised difference tells; a level that is absent half as much as one that is there."""
        absent = self.level is not None and effect < 0
        return abs(effect) * self.salience * (0.5 if absent else 1.0)

    def words(self, effect: float) -> str | None:
        """Return the words for a standardised difference, None when it is not notable."""
        if abs(effect) < NOTABLE:
            return None
        if effect > 0:
            return (self.very_high if effect >= STRONG else None) or self.high
        return (self.very_low if effect <= -STRONG else None) or self.low

    def of_level(self, level: str) -> FeatureMeaning:
        """Return the words for one level of a categorical feature; "other" and "missing" are told, but name nobody."""
        nameless = level in (MISSING, OTHER)
        text = level.strip("()").replace("_", " ").casefold()
        return replace(
            self,
            high=None if nameless or self.high is None else self.high.replace("{level}", text),
            very_high=None,
            low=None,
            very_low=None,
            clause=self.clause.replace("{level}", "unknown" if level == MISSING else text.replace("{value}", "value")),
            unit="percent",
            level=level,
        )


@dataclass(frozen=True, kw_only=True)
class ClusterName:
    """Name and description of one cluster.

    Attributes:
        name: Short and unique among the clusters, capitalised.
        description: One sentence with numbers, ending in a full stop.
    """

    name: str
    description: str


@dataclass(frozen=True, kw_only=True)
class TypicalValues:
    """Typical raw values and how far clusters are from all customers.

    Attributes:
        clusters: Typical value per cluster and feature, shape (k, p).
        everyone: Typical value over all customers, shape (p,).
        effects: ``(clusters - everyone) / spread``, shape (k, p).
    """

    clusters: np.ndarray
    everyone: np.ndarray
    effects: np.ndarray


def typical_values(values: np.ndarray, labels: np.ndarray, k: int) -> TypicalValues:
    """Return medians and their robust standardised differences.

    The spread is the interquartile range / 1.349 (its ratio to the standard deviation of a normal
    distribution). A feature with no such range (mostly zeros) is described by means and the standard
    deviation, else its clusters would all look alike.

    Args:
        values: Raw values, shape (n, p), NaN where missing (left out).
        labels: Cluster position of each row, shape (n,), every one of 0..k-1 present.
        k: Number of clusters.
    """
    lower, upper = np.nanpercentile(values, [25, 75], axis=0)
    spread = (upper - lower) / 1.349
    zero_heavy = spread == 0
    clusters = np.empty((k, values.shape[1]))
    everyone = np.where(zero_heavy, np.nanmean(values, axis=0), np.nanmedian(values, axis=0))
    for position in range(k):
        own = values[labels == position]
        for j, by_mean in enumerate(zero_heavy):
            known = own[~np.isnan(own[:, j]), j]
            if not len(known):
                clusters[position, j] = everyone[j]
            else:
                clusters[position, j] = known.mean() if by_mean else np.median(known)
    spread = np.where(zero_heavy, np.nanstd(values, axis=0), spread)
    spread[spread == 0] = 1.0
    return TypicalValues(clusters=clusters, everyone=everyone, effects=(clusters - everyone) / spread)


def typical_shares(indicators: np.ndarray, labels: np.ndarray, k: int) -> TypicalValues:
    """Return shares of levels and how far clusters are from all customers, as Cohen's h.

    ``h = 2 arcsin sqrt(p1) - 2 arcsin sqrt(p2)`` (Cohen 1988, chapter 6) is read like a difference of means in
    standard deviations, so that levels and numbers compete for the words of a name on one scale.

    Args:
        indicators: 0 and 1, shape (n, q).
        labels: Cluster position of each row, shape (n,), every one of 0..k-1 present.
        k: Number of clusters.
    """
    clusters = np.array([indicators[labels == position].mean(axis=0) for position in range(k)])
    everyone = indicators.mean(axis=0)
    effects = 2 * (np.arcsin(np.sqrt(clusters)) - np.arcsin(np.sqrt(everyone)))
    return TypicalValues(clusters=clusters, everyone=everyone, effects=effects)


def joined(first: TypicalValues, second: TypicalValues) -> TypicalValues:
    """Return the typical values of two sets of columns side by side."""
    return TypicalValues(
        clusters=np.column_stack([first.clusters, second.clusters]),
        everyone=np.concatenate([first.everyone, second.everyone]),
        effects=np.column_stack([first.effects, second.effects]),
    )


def default_meaning(feature: str, *, categorical: bool = False) -> FeatureMeaning:
    """Return usable words for a feature nobody described, from its column name."""
    label = feature.replace("_", " ").strip()
    if categorical:
        clause = f"{label} {{level}} of {{value}}"
        return FeatureMeaning(feature=feature, aspect=feature, role="adjective", high="{level}", clause=clause)
    return FeatureMeaning(
        feature=feature,
        aspect=feature,
        role="adjective",
        high=f"high {label}",
        low=f"low {label}",
        clause=f"{label} {{value}}",
    )


def written(value: float, unit: Unit) -> str:
    """Return a number as a person writes it: ``12 %``, ``1,240``, ``3.4``, ``1 day``."""
    if unit == "percent":
        return f"{100 * value:.0f} %"
    digits = 1 if abs(value) < 10 and round(value, 1) != round(value) else 0
    number = f"{round(value, digits) + 0.0:,.{digits}f}"
    if unit not in _COUNTED:
        return number
    one, several = _COUNTED[unit]
    return f"{number} {one if number == '1' else several}"


def _by_salience(effects: np.ndarray, meanings: Sequence[FeatureMeaning]) -> list[int]:
    """Return feature positions, the most telling first, each aspect once."""
    order = sorted(range(len(meanings)), key=lambda j: (-meanings[j].telling(float(effects[j])), j))
    aspects: set[str] = set()
    telling = []
    for j in order:
        if meanings[j].aspect not in aspects:
            aspects.add(meanings[j].aspect)
            telling.append(j)
    return telling


def _candidate_names(
    effects: np.ndarray, meanings: Sequence[FeatureMeaning], *, plural: str
) -> list[tuple[str, tuple[int, ...]]]:
    """Return names for one cluster with the features they speak of, the preferred first."""
    telling = {j: words for j in _by_salience(effects, meanings) if (words := meanings[j].words(float(effects[j])))}
    if not telling:
        return [(f"typical {plural}", ())]
    adjectives = [j for j in telling if meanings[j].role == "adjective"]
    nouns: list[int | None] = [j for j in telling if meanings[j].role == "noun"]
    names = []
    for count in (1, 2, 0, 3):
        for noun in nouns or [None]:
            for chosen in combinations(adjectives, count):
                said = [telling[j] for j in sorted(chosen, key=lambda j: meanings[j].rank)]
                last = plural if noun is None else telling[noun]
                names.append((" ".join([*said, last]), (*chosen, *(() if noun is None else (noun,)))))
    return names


def _description(typical: TypicalValues, position: int, meanings: Sequence[FeatureMeaning], said: Sequence[int]) -> str:
    """Return one sentence with typical values: first those the name speaks of, then the most telling."""
    others = [
        j
        for j in _by_salience(typical.effects[position], meanings)
        if j not in said and meanings[j].aspect not in {meanings[i].aspect for i in said}
    ]
    told = [*said, *(j for j in others if abs(typical.effects[position, j]) >= MENTIONED)]
    clauses: list[str] = []
    for j in (told or others)[:DESCRIBED_FEATURES]:
        own = written(typical.clusters[position, j], meanings[j].unit)
        everyone = written(typical.everyone[j], meanings[j].unit)
        # The unit has been said already.
        number = everyone.split(" ")[0] if meanings[j].unit in _COUNTED else everyone
        against = "like all customers" if own == everyone else f"against {number} for all customers"
        if clauses:
            against = "like everyone" if own == everyone else f"against {number}"
        # Not format(): a level's own name may hold braces.
        clauses.append(f"{meanings[j].clause.replace('{value}', own)} {against}")
    sentence = "; ".join(clauses)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def name_clusters(
    typical: TypicalValues,
    features: Sequence[str],
    vocabulary: Collection[FeatureMeaning],
    *,
    order: Sequence[int] | np.ndarray,
    levels: Sequence[str | None] | None = None,
    reserved: Collection[str] = (),
    plural: str = "buyers",
) -> list[ClusterName]:
    """Name every cluster so that no two names are equal.

    Args:
        typical: Typical values of k clusters on p features.
        features: The feature of each of the p columns.
        vocabulary: Meanings by feature; a feature without one gets words from its column name.
        order: Positions in which clusters choose: the first gets the name it prefers.
        levels: The level that each column shows, None for a number; by default all are numbers.
        reserved: Names that may not be given, such as those kept from the last version.
        plural: The noun when no feature gives one.

    Returns:
        One name and description per cluster, in the order of ``typical``.
    """
    by_feature = {meaning.feature: meaning for meaning in vocabulary}
    meanings = [
        by_feature.get(feature) or default_meaning(feature)
        if level is None
        else (by_feature.get(feature) or default_meaning(feature, categorical=True)).of_level(level)
        for feature, level in zip(features, levels or [None] * len(features), strict=True)
    ]
    taken = {name.casefold() for name in reserved}
    named: dict[int, ClusterName] = {}
    for position in map(int, order):
        candidates = _candidate_names(typical.effects[position], meanings, plural=plural)
        first, said = candidates[0]
        fallback = [(f"{first}, group {number}", said) for number in range(2, len(taken) + 3)]
        name, said = next(pair for pair in (*candidates, *fallback) if pair[0].casefold() not in taken)
        taken.add(name.casefold())
        named[position] = ClusterName(
            name=f"{name[:1].upper()}{name[1:]}",
            description=_description(typical, position, meanings, said),
        )
    return [named[position] for position in range(len(typical.clusters))]
