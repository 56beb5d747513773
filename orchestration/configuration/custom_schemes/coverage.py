"""Whether the rules of a scheme reach everybody, and whether everybody is left for each of them.

Belongs here: what is refused of a scheme as a whole. Does not belong here: finding the customers that prove it
(``conditions.coverage``).
"""

from __future__ import annotations

from orchestration.configuration.conditions.coverage import (
    TooComplexError,
    check_is_reached,
    uncovered,
)
from orchestration.configuration.conditions.words import customer_in_words
from orchestration.configuration.custom_schemes.rules import Scheme
from orchestration.configuration.yaml_file import YamlFile
from orchestration.errors import TesseraError


def check_coverage(scheme: Scheme, *, file: YamlFile) -> None:
    """Refuse rules that never hold, rules that come too late, and gaps.

    Raises:
        TesseraError: Names the rule's line, or describes a customer whom no rule fits.
    """
    try:
        for number, rule in enumerate(scheme.rules):
            check_is_reached(scheme, rule, scheme.rules[:number], file=file)
        if scheme.otherwise is None:
            _check_no_gap(scheme, file=file)
    except TooComplexError as error:
        raise TesseraError(
            f"{file.path} line {scheme.line}: the rules of {scheme.code} are too many to check",
            expected="rules whose combinations can be gone through; each further feature multiplies them",
            found=f"{len(scheme.rules)} rules on {len(scheme.columns)} features, {error}",
            fix="ask fewer features, or make two schemes of it",
        ) from error


def _check_no_gap(scheme: Scheme, *, file: YamlFile) -> None:
    left = uncovered(scheme, {}, [box for rule in scheme.rules for box in rule.boxes])
    if left is not None:
        raise TesseraError(
            f"{file.path} line {scheme.line}: the rules of {scheme.code} leave customers out",
            expected="a rule for everybody, or otherwise: with the segment of everybody else",
            found=f"no rule fits a customer with {customer_in_words(scheme, left)}",
            fix="add a rule, or a line such as otherwise: others",
        )
