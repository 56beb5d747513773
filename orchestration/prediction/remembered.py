"""Models that were learnt from a past date's knowledge: learnt once, and found again the next night.

Belongs here: when a model learnt before is the one that would be learnt now. Does not belong here: files
(``model_store``), learning.

What a model learns as of a date follows from what was known by that date, the code and the settings, and from nothing
else; so these name it. The proof of tonight's recipe rests on a date a quarter ago, which is the same date all month.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from ml.errors import ParameterFormatError
from orchestration.model_store import ModelStore

FOLDER = "learnt_before"


class Learnt(Protocol):
    """A fitted model as a document."""

    def to_parameters(self) -> dict[str, Any]:
        """Return all that was learnt as plain JSON types."""


ModelT = TypeVar("ModelT", bound=Learnt)


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """Finds models that were learnt before, and keeps those that were not.

    Attributes:
        store: Where they are.
        code: Digest of the code and settings.
        inputs: Evaluated date to everything that was known by it, as one number; a date without one is learnt anew.
        refit: Whether every model is learnt anew, and kept in place of the one that was learnt before.
    """

    store: ModelStore
    code: str
    inputs: Mapping[dt.date, int]
    refit: bool = False

    def model(
        self,
        kind: str,
        used_on: dt.date,
        *,
        learn: Callable[[], ModelT],
        rebuild: Callable[[Mapping[str, Any]], ModelT],
    ) -> ModelT:
        """Return the model of a kind that is used on a date: the one learnt before, else one learnt now.

        Raises:
            ModelInputError: There is too little to learn from.
        """
        if used_on not in self.inputs:
            return learn()
        key = self.key(kind, used_on)
        parameters = None if self.refit else self.store.load(FOLDER, key)
        if parameters is not None:
            try:
                return rebuild(parameters)
            except ParameterFormatError:
                # Kept by another release: what it says is lost, and learnt again.
                pass
        model = learn()
        self.store.keep(FOLDER, model.to_parameters(), key=key)
        return model

    def key(self, kind: str, used_on: dt.date) -> str:
        """Return the name under which such a model is kept."""
        text = f"{kind} {used_on} {self.inputs[used_on]} {self.code}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def prune(self) -> None:
        """Delete the models that no date of this night could ask for."""
        self.store.prune(FOLDER, keep={self.key(kind, date) for kind in KINDS for date in self.inputs})


# Kinds of models that are remembered.
RETURNS, TREES, CATEGORIES, ORIGIN = "returns", "amount_trees", "categories", "origin"
KINDS = (RETURNS, TREES, CATEGORIES, ORIGIN)
