"""The plain JSON parameters of ``MaxDiffClasses``.

Belongs here: writing, checking and reading the parameter document. Does not belong here: fitting; files (the caller
writes the dict).

The document holds numbers and strings only: no pickle, nothing that runs when it is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from ml.parameter_documents import reading_parameters
from ml.surveys.best_worst_mixture import ChoiceClasses
from ml.surveys.choice_tasks import OWNER, ChoiceTasks

if TYPE_CHECKING:
    from ml.surveys.max_diff import MaxDiffClasses

    AnyClasses = TypeVar("AnyClasses", bound=MaxDiffClasses)

FORMAT = "tessera.max_diff_classes"
FORMAT_VERSION = 1
SETTINGS = (
    "min_k", "max_k", "min_share", "min_respondents", "small_sample", "sample_size", "starts", "max_match_distance",
    "code_prefix", "random_state",
)  # fmt: skip


def fingerprint(model: MaxDiffClasses, tasks: ChoiceTasks) -> str:
    """Return a digest of everything that a fit without a previous version depends on."""
    settings = {name: getattr(model, name) for name in SETTINGS}
    return hashlib.sha256(f"{settings!r} {tasks.digest()}".encode()).hexdigest()


def to_parameters(model: MaxDiffClasses) -> dict[str, Any]:
    """Return settings and everything learnt as plain JSON types."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "settings": {name: getattr(model, name) for name in SETTINGS},
        "learnt_from": model.learnt_from_,
        "customers": int(model.n_customers_),
        "items": list(model.items_),
        "weights": model.classes_.weights.tolist(),
        "utilities": model.classes_.utilities.tolist(),
        "standard_errors": model.standard_errors_.to_numpy().tolist(),
        "segments": model.segments_.to_dict(orient="records"),
        "match_distances": dict(model.match_distances_),
        "next_code_number": int(model.next_code_number_),
        "retired": [dict(segment) for segment in model.retired_],
        "k_selection": model.k_selection_.to_dict(orient="records"),
    }


def from_parameters(kind: type[AnyClasses], parameters: Mapping[str, Any]) -> AnyClasses:
    """Rebuild a fitted model.

    Raises:
        ParameterFormatError: The document is not one of this format and version, or is damaged.
    """
    with reading_parameters(parameters, owner=OWNER, format_name=FORMAT, format_version=FORMAT_VERSION):
        model = kind(**{name: parameters["settings"][name] for name in SETTINGS})
        model.learnt_from_ = str(parameters["learnt_from"])
        model.items_ = tuple(parameters["items"])
        model.segments_ = pd.DataFrame([dict(segment) for segment in parameters["segments"]])
        codes = model.segments_["segment_code"].to_list()
        utilities = np.array(parameters["utilities"], dtype=np.float64)
        errors = np.array(parameters["standard_errors"], dtype=np.float64)
        weights = np.array(parameters["weights"], dtype=np.float64)
        if weights.shape != (len(codes),) or not (weights > 0).all() or not np.isfinite(utilities).all():
            raise ValueError("shares or utilities that cannot be")
        model.classes_ = ChoiceClasses(weights=weights, utilities=utilities)
        model.utilities_ = pd.DataFrame(utilities, index=codes, columns=list(model.items_))
        model.standard_errors_ = pd.DataFrame(errors, index=codes, columns=list(model.items_))
        model.match_distances_ = dict(parameters["match_distances"])
        model.next_code_number_ = int(parameters["next_code_number"])
        model.retired_ = tuple(dict(segment) for segment in parameters["retired"])
        model.k_selection_ = pd.DataFrame(parameters["k_selection"])
        model.n_customers_ = int(parameters["customers"])
    return model
