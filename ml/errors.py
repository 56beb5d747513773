"""Errors of the estimators, in the four parts a person needs.

Belongs here: what a caller of ``ml`` can get wrong (too few customers, unusable columns, unreadable
parameters). Does not belong here: anything about paths, databases or the night's run; those errors live with
the code that calls ``ml``, because ``ml`` imports nothing of ours.
"""

from __future__ import annotations


class ModelInputError(ValueError):
    """A frame, setting or parameter document that an estimator cannot use.

    Args:
        what: The thing and what is wrong with it.
        expected: What would have been right.
        found: What was there instead.
        fix: The next step for the reader.
    """

    def __init__(self, what: str, *, expected: str, found: str, fix: str) -> None:
        self.what = what
        self.expected = expected
        self.found = found
        self.fix = fix
        super().__init__(f"{what}\n  expected: {expected}\n  found:    {found}\n  to do:    {fix}")


class NotEnoughDataError(ModelInputError):
    """There is too little to learn from. Nothing is wrong: a caller may publish something simpler and say why."""


class NotEnoughCustomersError(NotEnoughDataError):
    """Fewer customers than the model's declared minimum: segments would describe chance."""


class NotEnoughAnswersError(NotEnoughDataError):
    """Fewer usable survey responses than the model's declared minimum: classes would describe chance."""


class NoEligibleClustersError(ModelInputError):
    """No number of clusters in the declared range keeps every cluster large enough."""


class NoRepeatOrdersError(NotEnoughDataError):
    """Nobody ordered again: how fast customers buy and leave has no estimate, the likelihood no maximum."""


class ParameterFormatError(ModelInputError):
    """A parameter document that this version of the estimator does not read."""


class NotEnoughHistoryError(NotEnoughDataError):
    """The history is too short to learn from one part and judge on a later one."""


class NotEnoughOutcomesError(NotEnoughDataError):
    """No outcome is known, all are the same, or nothing that is known of customers tells them apart."""
