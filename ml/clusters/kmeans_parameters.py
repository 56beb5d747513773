"""The plain JSON parameters of ``KMeansSegmenter``, and what a new version takes over from them.

Belongs here: writing, checking and reading the parameter document; centroids and names of a previous
version. Does not belong here: fitting; files (the caller writes the dict).

The document holds numbers and strings only: no pickle, nothing that runs when it is read.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from ml.clusters.naming import FeatureMeaning
from ml.clusters.preparation import preparation_from_parameters, preparation_to_parameters
from ml.errors import ParameterFormatError
from ml.evaluation.label_matching import LabelMatch

if TYPE_CHECKING:
    from ml.clusters.kmeans import KMeansSegmenter

    AnySegmenter = TypeVar("AnySegmenter", bound=KMeansSegmenter)

FORMAT = "tessera.kmeans_segmenter"
FORMAT_VERSION = 1
SETTINGS = (
    "feature_names", "value_feature", "min_k", "max_k", "min_share", "min_stability", "tolerance",
    "max_match_distance", "min_customers", "balance", "sample_size", "stability_repeats",
    "random_state",
)  # fmt: skip


def fingerprint(model: KMeansSegmenter, raw: np.ndarray, index: pd.Index, names: Sequence[str]) -> str:
    """Return a digest of everything that a fit without a previous version depends on.

    Args:
        model: The segmenter, for its settings and vocabulary.
        raw: Feature values in the order of ``index``, shape (n, p).
        index: Sorted customer ids, shape (n,).
        names: Column names, p of them.
    """
    settings = {name: getattr(model, name) for name in SETTINGS}
    digest = hashlib.sha256(repr((settings, model.vocabulary, list(names), raw.shape)).encode())
    digest.update("\n".join(map(str, index)).encode())
    digest.update(np.ascontiguousarray(raw).tobytes())
    return digest.hexdigest()


def to_parameters(model: KMeansSegmenter) -> dict[str, Any]:
    """Return a fitted model as plain JSON types (dict, list, str, int, float, bool, None)."""
    settings = {name: getattr(model, name) for name in SETTINGS}
    if settings["feature_names"] is not None:
        settings["feature_names"] = [str(name) for name in settings["feature_names"]]
    segments = model.segments_.to_dict(orient="records")
    for segment, named in zip(segments, model.named_centers_.tolist(), strict=True):
        segment["named_center"] = named
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "settings": settings,
        "vocabulary": [asdict(meaning) for meaning in model.vocabulary],
        "customers": int(model.n_customers_),
        "learnt_from": model.learnt_from_,
        "feature_names_in": [str(name) for name in model.feature_names_in_],
        "features": list(model.features_),
        "notes": list(model.notes_),
        "preparation": preparation_to_parameters(model.preparation_),
        "centers": model.centers_.tolist(),
        "segments": segments,
        "match_distances": dict(model.match_distances_),
        "next_code_number": int(model.next_code_number_),
        "retired": [dict(segment) for segment in model.retired_],
        "k_selection": model.k_selection_.to_dict(orient="records"),
    }


def from_parameters(cls: type[AnySegmenter], parameters: Mapping[str, Any]) -> AnySegmenter:
    """Return a fitted model of class ``cls`` from ``to_parameters``."""
    check_format(parameters)
    try:
        settings = parameters["settings"]
        model = cls(
            vocabulary=tuple(FeatureMeaning(**meaning) for meaning in parameters["vocabulary"]),
            **{name: settings[name] for name in SETTINGS},
        )
        model.feature_names_in_ = np.array(parameters["feature_names_in"], dtype=object)
        model.n_features_in_ = len(model.feature_names_in_)
        model.features_ = tuple(parameters["features"])
        model.notes_ = tuple(parameters["notes"])
        model.preparation_ = preparation_from_parameters(
            parameters["preparation"], tail=model.min_share, balance=model.balance
        )
        model.centers_ = np.array(parameters["centers"], dtype=np.float64)
        segments = [dict(segment) for segment in parameters["segments"]]
        model.named_centers_ = np.array([segment.pop("named_center") for segment in segments])
        model.segments_ = pd.DataFrame(segments)
        model.match_distances_ = dict(parameters["match_distances"])
        model.next_code_number_ = int(parameters["next_code_number"])
        model.retired_ = tuple(dict(segment) for segment in parameters["retired"])
        model.k_selection_ = pd.DataFrame(parameters["k_selection"])
        model.n_customers_ = int(parameters["customers"])
        model.learnt_from_ = str(parameters["learnt_from"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(f"{type(error).__name__}: {error}") from error
    width = len(model.features_)
    arrays = [array for _, step in model.preparation_.steps for array in step.to_parameters().values()]
    if model.centers_.shape != (len(segments), width) or any(len(array) != width for array in arrays):
        raise _damaged(f"centers of shape {model.centers_.shape} for {len(segments)} x {width}")
    if not all(map(math.isfinite, [*model.centers_.ravel(), *(v for array in arrays for v in array)])):
        raise _damaged("numbers that are not finite")
    return model


def check_format(parameters: Mapping[str, Any]) -> None:
    """Raise ``ParameterFormatError`` unless the document is of this format and version."""
    found = (parameters.get("format"), parameters.get("format_version"))
    if found != (FORMAT, FORMAT_VERSION):
        raise ParameterFormatError(
            "KMeansSegmenter: these are not its parameters",
            expected=f"format {FORMAT!r}, version {FORMAT_VERSION}",
            found=f"format {found[0]!r}, version {found[1]!r}",
            fix="pass a document written by to_parameters(), or fit again without the previous version",
        )


def _damaged(found: str) -> ParameterFormatError:
    return ParameterFormatError(
        "KMeansSegmenter: the parameters are damaged",
        expected="the complete document written by to_parameters()",
        found=found,
        fix="take the document from a published version again, or fit anew",
    )


def _in_current_space(
    raw_centers: np.ndarray, names: tuple[str, ...], model: KMeansSegmenter, fallback: np.ndarray
) -> np.ndarray:
    """Return raw centroids of other features in the model's prepared space; unknown columns from fallback."""
    raw = np.tile(fallback, (len(raw_centers), 1))
    for j, name in enumerate(model.features_):
        if name in names:
            raw[:, j] = raw_centers[:, names.index(name)]
    return model.preparation_.transform(raw)


def _typical_raw(model: KMeansSegmenter) -> np.ndarray:
    """Return the raw values at the model's origin, shape (p,)."""
    return model.preparation_.inverse_transform(np.zeros((1, len(model.features_))))[0]


def previous_centers(previous: Mapping[str, Any], model: KMeansSegmenter) -> np.ndarray | None:
    """Return the previous version's centroids in the prepared space of ``model``, shape (m, p).

    They pass through raw units, so that the two versions' scalers do not matter. A feature the previous
    version did not have counts as typical there; None when the two have no feature in common.
    """
    before = from_parameters(type(model), previous)
    if not set(model.features_) & set(before.features_):
        return None
    raw = before.preparation_.inverse_transform(before.centers_)
    return _in_current_space(raw, before.features_, model, _typical_raw(model))


def kept_names(
    match: LabelMatch, centers: np.ndarray, previous: Mapping[str, Any] | None, model: KMeansSegmenter
) -> dict[int, tuple[str, np.ndarray]]:
    """Return the names that carry over, by cluster position, with the raw centroid they were given at.

    A name stays while the cluster is within ``max_match_distance`` of where it was named: many small nights
    may not turn "frequent" into a lie.
    """
    if previous is None:
        return {}
    kept: dict[int, tuple[str, np.ndarray]] = {}
    segments = {segment["segment_code"]: segment for segment in previous["segments"]}
    names = tuple(previous["features"])
    typical = _typical_raw(model)
    for position, code in enumerate(match.codes):
        if code not in segments:
            continue
        named = np.array([segments[code]["named_center"]], dtype=np.float64)
        there = _in_current_space(named, names, model, typical)
        difference = model._per_feature(there - centers[position])
        if np.sqrt((difference**2).mean()) < model.max_match_distance:
            raw = model.preparation_.inverse_transform(there)[0] if names != model.features_ else named[0]
            kept[position] = (segments[code]["name"], raw)
    return kept


def retired_segments(match: LabelMatch, previous: Mapping[str, Any] | None) -> tuple[dict[str, str], ...]:
    """Return every code given up so far with the name it had, oldest first."""
    if previous is None:
        return ()
    names = {segment["segment_code"]: segment["name"] for segment in previous["segments"]}
    now = ({"segment_code": code, "name": names[code]} for code in match.retired)
    return (*(dict(segment) for segment in previous["retired"]), *now)
