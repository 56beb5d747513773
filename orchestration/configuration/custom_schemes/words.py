"""The rules of a scheme in words, for readers of the catalogue.

Belongs here: sentences about segments. Does not belong here: conditions in words (``conditions.words``).
"""

from __future__ import annotations

from orchestration.configuration.conditions.words import when_in_words
from orchestration.configuration.custom_schemes.rules import Rule, Scheme


def rule_in_words(scheme: Scheme, rule: Rule) -> str:
    """What makes a customer belong to the rule's segment."""
    said = when_in_words(scheme, rule)
    return said if rule is scheme.rules[0] else f"{said}; and in no segment before"


def rest_in_words(scheme: Scheme) -> str:
    """What makes a customer belong to the last segment."""
    names = ", ".join(rule.segment.name for rule in scheme.rules)
    return f"Everybody who is in none of: {names}"
