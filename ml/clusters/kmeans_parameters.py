"""The plain JSON parameters of ``KMeansSegmenter``, and what a new version takes over from them.

Belongs here: writing, checking and reading the parameter document; centroids and names of a previous
version. Does not belong here: fitting; files (the caller writes the dict).

The document holds numbers and strings only: no pickle, nothing that runs when it is read.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from ml.clusters.design import Design, carried_over
from ml.clusters.mixed_preparation import MixedPreparation
from ml.clusters.naming import FeatureMeaning
from ml.errors import ParameterFormatError
from ml.evaluation.drift import DriftReference
from ml.evaluation.label_matching import LabelMatch

if TYPE_CHECKING:
    from ml.clusters.kmeans import KMeansSegmenter

    AnySegmenter = TypeVar("AnySegmenter", bound=KMeansSegmenter)

FORMAT = "tessera.kmeans_segmenter"
FORMAT_VERSION = 2
SETTINGS = (
    "feature_names", "categorical_features", "value_feature", "min_k", "max_k", "min_share", "max_outlier_share",
    "min_outliers",
    "min_stability", "tolerance", "max_match_distance", "min_customers", "balance", "categorical_weight",
    "sample_size", "stability_repeats", "membership_repeats", "random_state",
)  # fmt: skip


def plain_settings(model: KMeansSegmenter) -> dict[str, Any]:
    """Return the settings of a segmenter as plain JSON types."""
    settings = {name: getattr(model, name) for name in SETTINGS}
    if settings["feature_names"] is not None:
        settings["feature_names"] = [str(name) for name in settings["feature_names"]]
    settings["categorical_features"] = [str(name) for name in settings["categorical_features"]]
    return settings


def plain_vocabulary(model: KMeansSegmenter) -> list[dict[str, Any]]:
    """Return the words for the features as plain JSON types."""
    return [asdict(meaning) for meaning in model.vocabulary]


def fingerprint(model: KMeansSegmenter, numbers: pd.DataFrame, words: pd.DataFrame) -> str:
    """Return a digest of everything that a fit without a previous version depends on.

    Args:
        model: The segmenter, for its settings and vocabulary.
        numbers: Numeric features, sorted by customer id.
        words: Categorical features of the same customers.
    """
    names = [list(numbers.columns), list(words.columns), len(numbers)]
    digest = hashlib.sha256(json.dumps([plain_settings(model), plain_vocabulary(model), names]).encode())
    digest.update("\n".join(map(str, numbers.index)).encode())
    digest.update(np.ascontiguousarray(numbers.to_numpy()).tobytes())
    for name in words.columns:
        digest.update(json.dumps(words[name].tolist()).encode())
    return digest.hexdigest()


def to_parameters(model: KMeansSegmenter) -> dict[str, Any]:
    """Return a fitted model as plain JSON types (dict, list, str, int, float, bool, None)."""
    *segments, outliers = model.segments_.to_dict(orient="records")
    for segment, named in zip(segments, model.named_centers_.tolist(), strict=True):
        segment["named_center"] = named
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "settings": plain_settings(model),
        "vocabulary": plain_vocabulary(model),
        "customers": int(model.n_customers_),
        "learnt_from": model.learnt_from_,
        "feature_names_in": [str(name) for name in model.feature_names_in_],
        "notes": list(model.notes_),
        "preparation": model.preparation_.to_parameters(),
        "centers": model.centers_.tolist(),
        "segments": segments,
        "outliers": outliers,
        # JSON has no infinity: None is no limit.
        "unlike_limit": float(model.unlike_limit_) if math.isfinite(model.unlike_limit_) else None,
        "outliers_apart": math.isfinite(model.outlier_limit_),
        "agreement": model.agreement_,
        "confidence_curve": [list(points) for points in model.confidence_curve_],
        "drift_reference": model.drift_reference_.to_parameters(),
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
        model.notes_ = tuple(parameters["notes"])
        model.preparation_ = MixedPreparation.from_parameters(
            parameters["preparation"],
            tail=model.min_share,
            balance=model.balance,
            categorical_weight=model.categorical_weight,
        )
        model.features_ = model.preparation_.design.features
        model.centers_ = np.array(parameters["centers"], dtype=np.float64)
        segments = [dict(segment) for segment in parameters["segments"]]
        model.named_centers_ = np.array([segment.pop("named_center") for segment in segments])
        model.segments_ = pd.DataFrame([*segments, dict(parameters["outliers"])])
        limit = parameters["unlike_limit"]
        model.unlike_limit_ = float("inf") if limit is None else float(limit)
        model.outlier_limit_ = model.unlike_limit_ if parameters["outliers_apart"] else float("inf")
        model.agreement_ = float(parameters["agreement"])
        curve, shares = parameters["confidence_curve"]
        model.confidence_curve_ = (tuple(map(float, curve)), tuple(map(float, shares)))
        model.drift_reference_ = DriftReference.from_parameters(parameters["drift_reference"])
        model.match_distances_ = dict(parameters["match_distances"])
        model.next_code_number_ = int(parameters["next_code_number"])
        model.retired_ = tuple(dict(segment) for segment in parameters["retired"])
        model.k_selection_ = pd.DataFrame(parameters["k_selection"])
        model.n_customers_ = int(parameters["customers"])
        model.learnt_from_ = str(parameters["learnt_from"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(f"{type(error).__name__}: {error}") from error
    width = len(model.preparation_.design.columns)
    if model.centers_.shape != (len(segments), width) or model.named_centers_.shape != (len(segments), width):
        raise _damaged(f"centers of shape {model.centers_.shape} for {len(segments)} x {width}")
    if len(curve) != len(shares) or not all(map(math.isfinite, (*model.centers_.ravel(), *curve, *shares))):
        raise _damaged("numbers that are not finite, or a curve without its values")
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


def _in_current_space(raw_centers: np.ndarray, design: Design, model: KMeansSegmenter) -> np.ndarray:
    """Return raw centroids of another design in the model's prepared space; other columns as they typically are."""
    preparation = model.preparation_
    typical = preparation.inverse_transform(np.zeros((1, len(preparation.design.columns))))[0]
    return preparation.transform(carried_over(raw_centers, design, preparation.design, typical))


def previous_centers(previous: Mapping[str, Any], model: KMeansSegmenter) -> np.ndarray | None:
    """Return the previous version's centroids in the prepared space of ``model``, shape (m, q).

    They pass through raw units, so that the two versions' scalers do not matter. A feature the previous
    version did not have counts as typical there; None when the two have no feature in common.
    """
    before = from_parameters(type(model), previous)
    if not set(model.features_) & set(before.features_):
        return None
    raw = before.preparation_.inverse_transform(before.centers_)
    return _in_current_space(raw, before.preparation_.design, model)


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
    design = Design.from_parameters(previous["preparation"]["design"])
    for position, code in enumerate(match.codes):
        if code not in segments:
            continue
        named = np.array([segments[code]["named_center"]], dtype=np.float64)
        there = _in_current_space(named, design, model)
        distance = np.sqrt(((there - centers[position]) ** 2).sum() / model.preparation_.total_variance_)
        if distance < model.max_match_distance:
            raw = named[0] if design == model.preparation_.design else model.preparation_.inverse_transform(there)[0]
            kept[position] = (segments[code]["name"], raw)
    return kept


def retired_segments(match: LabelMatch, previous: Mapping[str, Any] | None) -> tuple[dict[str, str], ...]:
    """Return every code given up so far with the name it had, oldest first."""
    if previous is None:
        return ()
    names = {segment["segment_code"]: segment["name"] for segment in previous["segments"]}
    now = ({"segment_code": code, "name": names[code]} for code in match.retired)
    return (*(dict(segment) for segment in previous["retired"]), *now)
