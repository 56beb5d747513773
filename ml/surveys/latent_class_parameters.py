"""The plain JSON parameters of ``LatentClassSegmenter``, and what a new version takes over from them.

Belongs here: writing, checking and reading the parameter document; profiles of a previous version. Does not belong
here: fitting; files (the caller writes the dict).

The document holds numbers and strings only: no pickle, nothing that runs when it is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from ml.parameter_documents import reading_parameters
from ml.surveys.class_densities import CategoricalClasses, GaussianClasses
from ml.surveys.class_fitting import CANDIDATE_COLUMNS
from ml.surveys.class_naming import Statement

if TYPE_CHECKING:
    from ml.surveys.latent_classes import LatentClassSegmenter

    AnySegmenter = TypeVar("AnySegmenter", bound=LatentClassSegmenter)

FORMAT = "tessera.latent_class_segmenter"
FORMAT_VERSION = 2
SETTINGS = (
    "feature_names", "measurement", "criterion", "min_k", "max_k", "min_share", "min_stability", "min_respondents",
    "sample_size", "starts", "bootstraps", "max_match_distance", "code_prefix", "random_state",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FormerClasses:
    """The previous version's classes on the columns that both versions have.

    Attributes:
        columns: Positions of those columns in the profile of the new version, shape (c,).
        profile: Shape (m, c).
        comparable: Whether the two have anything in common.
        codes: Codes, length m.
        names: Code to name.
    """

    columns: np.ndarray
    profile: np.ndarray
    comparable: bool
    codes: tuple[str, ...]
    names: dict[str, str]


def fingerprint(model: LatentClassSegmenter, values: np.ndarray, index: pd.Index) -> str:
    """Return a digest of everything that a fit without a previous version depends on."""
    settings = {name: getattr(model, name) for name in SETTINGS}
    words = sorted((model.statements or {}).items())
    told = repr((settings, words, model.features_, model.options_, values.shape))
    digest = hashlib.sha256(told.encode())
    digest.update("\n".join(map(str, index)).encode())
    digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def _columns(model: LatentClassSegmenter) -> list[tuple[str, str]]:
    """Return what each column of the profile is: the item, and the option where items have options."""
    if not model.options_:
        return [(name, "") for name in model.features_]
    return [(name, option) for name, listed in zip(model.features_, model.options_, strict=True) for option in listed]


def former_classes(model: LatentClassSegmenter, before: LatentClassSegmenter | None) -> FormerClasses:
    """Return the former classes on the columns that the new profile has too.

    Without a previous version there is no former class; where the two have nothing in common, or measured otherwise,
    they are not comparable, and every former code will retire.
    """
    own = _columns(model)
    if before is None:
        return FormerClasses(columns=np.arange(1), profile=np.zeros((0, 1)), comparable=False, codes=(), names={})
    codes = tuple(before.segments_["segment_code"])
    names = dict(zip(codes, before.segments_["name"], strict=True))
    theirs = {column: position for position, column in enumerate(_columns(before))}
    shared = [position for position, column in enumerate(own) if column in theirs]
    comparable = before.measurement == model.measurement and bool(shared)
    columns = np.array(shared if comparable else [0])
    profile = np.zeros((len(codes), 1))
    if comparable:
        profile = before.classes_.profile()[:, [theirs[own[position]] for position in shared]]
    return FormerClasses(columns=columns, profile=profile, comparable=comparable, codes=codes, names=names)


def to_parameters(model: LatentClassSegmenter) -> dict[str, Any]:
    """Return a fitted model as plain JSON types (dict, list, str, int, float, bool, None)."""
    settings = {name: getattr(model, name) for name in SETTINGS}
    if settings["feature_names"] is not None:
        settings["feature_names"] = [str(name) for name in settings["feature_names"]]
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "settings": settings,
        "statements": None
        if model.statements is None
        else {name: asdict(statement) for name, statement in model.statements.items()},
        "customers": int(model.n_customers_),
        "learnt_from": model.learnt_from_,
        "features": list(model.features_),
        "options": [list(listed) for listed in model.options_],
        "classes": model.classes_.to_parameters(),
        "segments": model.segments_.to_dict(orient="records"),
        "match_distances": dict(model.match_distances_),
        "next_code_number": int(model.next_code_number_),
        "retired": [dict(segment) for segment in model.retired_],
        "k_selection": model.k_selection_.to_dict(orient="records"),
    }


def from_parameters(cls: type[AnySegmenter], parameters: Mapping[str, Any]) -> AnySegmenter:
    """Return a fitted model of class ``cls`` from ``to_parameters``."""
    with reading_parameters(
        parameters, owner="LatentClassSegmenter", format_name=FORMAT, format_version=FORMAT_VERSION
    ):
        words = parameters["statements"]
        model = cls(
            statements=None if words is None else {name: Statement(**each) for name, each in words.items()},
            **{name: parameters["settings"][name] for name in SETTINGS},
        )
        model.features_ = tuple(parameters["features"])
        model.options_ = tuple(tuple(listed) for listed in parameters["options"])
        kind = CategoricalClasses if model.measurement == "categorical" else GaussianClasses
        model.classes_ = kind.from_parameters(parameters["classes"])
        model.segments_ = pd.DataFrame([dict(segment) for segment in parameters["segments"]])
        model.match_distances_ = dict(parameters["match_distances"])
        model.next_code_number_ = int(parameters["next_code_number"])
        model.retired_ = tuple(dict(segment) for segment in parameters["retired"])
        model.k_selection_ = pd.DataFrame(parameters["k_selection"], columns=list(CANDIDATE_COLUMNS), dtype=object)
        model.n_customers_ = int(parameters["customers"])
        model.learnt_from_ = str(parameters["learnt_from"])
        if model.classes_.profile().shape != (len(model.segments_), len(_columns(model))):
            raise ValueError(f"a profile of shape {model.classes_.profile().shape} for {len(model.segments_)} classes")
    return model
