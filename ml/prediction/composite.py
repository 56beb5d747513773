"""What every predictor made of several models shares: its document.

Belongs here: ``Predictor``. Does not belong here: any model.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.errors import ParameterFormatError
from ml.evaluation.time_splits import PanelParts

FORMAT_VERSION = 1


class Predictor(BaseEstimator, ABC):
    """Says what customers will do, beside a baseline that says it more simply.

    Attributes:
        format_name: Name of its document.
        part_types: Fitted attribute to the class of the model in it.
        number_names: Fitted attributes that are numbers, or lists of texts.
    """

    format_name: ClassVar[str]
    part_types: ClassVar[Mapping[str, Any]]
    number_names: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def fit(self, X: PanelParts, y: None = None) -> Self:
        """Learn the model and its baseline from the parts of a panel."""

    @abstractmethod
    def predict(self, X: pd.DataFrame) -> Any:
        """Return the prediction of each row, in the order of ``X``."""

    @abstractmethod
    def predict_baseline(self, X: pd.DataFrame) -> np.ndarray:
        """Return what the simple baseline says of each row, shape (n,)."""

    def to_parameters(self) -> dict[str, Any]:
        """Return all that was learnt as plain JSON types."""
        check_is_fitted(self, list(self.part_types))
        return {
            "format": self.format_name,
            "format_version": FORMAT_VERSION,
            "settings": {name: _plain(value) for name, value in self.get_params(deep=False).items()},
            "parts": {name: getattr(self, name).to_parameters() for name in self.part_types},
            "numbers": {name: _plain(getattr(self, name)) for name in self.number_names},
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted predictor from ``to_parameters()`` without executing anything.

        Raises:
            ParameterFormatError: It is another document, of another version, or a damaged one.
        """
        try:
            found = (parameters["format"], parameters["format_version"])
            if found != (cls.format_name, FORMAT_VERSION):
                raise ValueError(f"format {found[0]!r}, version {found[1]!r}")
            model = cls(**parameters["settings"])
            for name, part_type in cls.part_types.items():
                setattr(model, name, part_type.from_parameters(parameters["parts"][name]))
            for name in cls.number_names:
                value = parameters["numbers"][name]
                if not isinstance(value, (int, float, list)) or (
                    not isinstance(value, list) and not np.isfinite(value)
                ):
                    raise ValueError(f"{name} {value!r}")
                setattr(model, name, value)
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, ParameterFormatError):
                raise
            raise ParameterFormatError(
                f"{cls.__name__}: these are not its parameters",
                expected=f"a document of format {cls.format_name!r}, version {FORMAT_VERSION}",
                found=f"{type(error).__name__}: {error}",
                fix="learn the model again",
            ) from error
        return model


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
