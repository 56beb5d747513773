"""What the records of a file are: order lines, customers, products and so on.

Belongs here: the signs by which each entity is recognised, and choosing. Does not belong here: names of columns
(synonyms.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.onboarding.errors import OnboardingError
from orchestration.onboarding.mapping import map_columns
from orchestration.onboarding.profile import ColumnProfile, FileProfile

HELPER = "none"
_AMOUNTS = ("net_amount", "gross_amount", "_amount", "_amount_with_tax", "_unit_price")
_ANSWERS = ("answer_number", "answer_text")
# Columns of questions in a survey export with a row a response.
QUESTION_COLUMN = re.compile(r"(q|frage|question|item|f)_?\d+[a-z]?(_.*)?")
_WORD_WEIGHT, _TELLING_WEIGHT, _COMMON_WEIGHT = 6, 3, 1


@dataclass(frozen=True)
class _Signs:
    """What makes an entity: one role of every group of ``needed`` must be there; ``telling`` ones weigh more."""

    needed: tuple[tuple[str, ...], ...]
    telling: frozenset[str]
    words: frozenset[str]


def _signs(needed: tuple[tuple[str, ...], ...], telling: str, words: str) -> _Signs:
    return _Signs(needed, frozenset(telling.split()), frozenset(words.split()))


_ENTITIES = {
    "order_lines": _signs(
        (("order_id", "customer_ref", "quantity"), ("order_id", "ordered_at"), _AMOUNTS),
        "order_id line_number sku quantity _unit_price net_amount gross_amount _amount _amount_with_tax "
        "discount_amount shipping_amount",
        "order orders lines sales transactions receipts invoices charges purchases bestellungen umsatz umsaetze bons "
        "bon belege verkaeufe kasse till ventes commandes achats",
    ),
    "customers": _signs(
        (
            ("customer_ref", "email"),
            ("first_name", "last_name", "_full_name", "birth_date", "gender", "has_email_consent", "loyalty_tier",
             "email", "phone", "household_size", "income_band", "declared_age_band", "marital_status"),
        ),
        "first_name last_name birth_date gender has_email_consent loyalty_tier household_size income_band "
        "marital_status declared_age_band children_count acquisition_channel _email_opt_out",
        "customers customer contacts contact kunden clients members users subscribers persons people profiles "
        "demographics households newsletter leads mitglieder",
    ),
    "companies": _signs(
        (
            ("company_ref", "company_name"),
            ("industry", "industry_code", "employees_count", "annual_revenue_amount", "registry_number", "domain",
             "parent_company_ref"),
        ),
        "company_name domain registry_number industry industry_code employees_count annual_revenue_amount "
        "parent_company_ref",
        "companies company accounts organizations organisations firmen unternehmen societes",
    ),
    "products": _signs(
        (("sku",), ("product_name", "category", "subcategory", "brand", "unit_cost_amount")),
        "sku product_name category subcategory brand unit_cost_amount",
        "products product articles items catalog catalogue artikel produkte sortiment produits",
    ),
    "interactions": _signs(
        (("occurred_at",), ("kind",), ("customer_ref", "email", "phone")),
        "interaction_id kind channel subject",
        "interactions events activities visits tickets calls engagements log aktivitaeten sessions clicks opens",
    ),
    "campaign_exposures": _signs(
        (("campaign_id",), ("customer_ref", "email", "exposure_id")),
        "campaign_id exposure_id arm offer_code",
        "campaign campaigns exposures mailing mailings sends kampagnen targets recipients",
    ),
    "survey_answers": _signs(
        (("response_id", "answered_at", "survey_id"), _ANSWERS),
        "response_id survey_id question_id answer_number answer_text",
        "responses answers survey surveys umfrage antworten feedback nps reviews ratings",
    ),
    "survey_questions": _signs(
        (("question_id",), ("question_text", "question_kind")),
        "question_id question_text question_kind construct scale_min scale_max",
        "questions fragen items",
    ),
    "social_interactions": _signs(
        (("author_handle",), ("interaction_text",), ("occurred_at",)),
        "author_handle interaction_text platform sentiment followers_count topic",
        "mentions posts comments tweets social messages",
    ),
    "social_handles": _signs(
        (("author_handle",), ("platform",), ("customer_ref", "email")),
        "author_handle platform",
        "handles profiles",
    ),
    "exchange_rates": _signs(
        (("currency_code",), ("rate",), ("rate_date",)),
        "currency_code quote_currency_code rate",
        "rates exchange fx kurse",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class EntityChoice:
    """What the records are.

    Attributes:
        entity: A canonical entity, or ``none`` for a helper table.
        roles: The file's columns by the role they have for it.
        told: How that is known.
        others: Entities that fit as well, the better first.
    """

    entity: str
    roles: dict[str, ColumnProfile]
    told: str
    others: tuple[str, ...] = ()


def choose_entity(
    profile: FileProfile, table: str, *, wanted: str | None, canonical: Mapping[str, Mapping[str, str]]
) -> EntityChoice:
    """Take the wanted entity, else the one that the columns and the table's name speak for.

    Args:
        profile: The file.
        table: The table's name, which often says it.
        wanted: An entity, ``none``, or None to guess.
        canonical: Columns of every entity of the project.

    Raises:
        OnboardingError: When there is no such entity.
    """
    known = [entity for entity in _ENTITIES if entity in canonical]
    if wanted == HELPER:
        return EntityChoice(HELPER, {}, "as asked: a helper table that feeds no entity")
    if wanted is not None:
        if wanted not in known:
            raise OnboardingError(
                f"there is no entity {wanted!r}",
                expected=f"one of {', '.join(known)}, or {HELPER} for a helper table",
                found=wanted,
                fix="correct --entity",
            )
        return EntityChoice(wanted, map_columns(profile, wanted, canonical[wanted]), "as asked")
    scored = []
    for entity in known:
        roles = map_columns(profile, entity, canonical[entity])
        score = _score(profile, entity, roles, table)
        if score is not None:
            scored.append((score, entity, roles))
    scored.sort(key=lambda item: -item[0])
    if not scored:
        return EntityChoice(
            HELPER, {}, "no entity is recognised by its columns: a helper table, unless --entity names one"
        )
    score, entity, roles = scored[0]
    return EntityChoice(entity, roles, _reason(entity, roles, table), tuple(name for _, name, _ in scored[1:3]))


def question_columns(profile: FileProfile, roles: Mapping[str, ColumnProfile]) -> list[ColumnProfile]:
    """Columns that are answers to a question each, in a survey with a row a response."""
    if "question_id" in roles:
        return []
    used = {column.name for role, column in roles.items() if role not in _ANSWERS}
    answers = {column.name for role, column in roles.items() if role in _ANSWERS}
    return [
        column
        for column in profile.columns
        if column.name not in used
        and (column.name in answers or QUESTION_COLUMN.fullmatch(column.name))
        and not (column.is_identifier or column.personal in ("email", "phone", "full_name", "last_name"))
    ]


def _score(profile: FileProfile, entity: str, roles: Mapping[str, ColumnProfile], table: str) -> int | None:
    """How much speaks for an entity; None when something that it needs is missing."""
    signs = _ENTITIES[entity]
    present = set(roles)
    if entity == "survey_answers" and len(question_columns(profile, roles)) > 1:
        present |= {"answer_number", "question_id"}
    if any(not present & set(group) for group in signs.needed):
        return None
    weight = sum(_TELLING_WEIGHT if role in signs.telling else _COMMON_WEIGHT for role in present)
    weight += _WORD_WEIGHT * bool(signs.words & set(table.split("_")))
    sku = roles.get("sku")
    if sku is not None and profile.rows > 20:
        # An article stands once in a list of articles and many times among what was sold.
        is_once = sku.distinct == profile.rows
        weight += -5 if is_once == (entity == "order_lines") else 5 if entity in ("products", "order_lines") else 0
    return weight


def _reason(entity: str, roles: Mapping[str, ColumnProfile], table: str) -> str:
    signs = _ENTITIES[entity]
    telling = [role for role in roles if role in signs.telling][:5]
    shown = [
        f"{column.source_name} ({role.strip('_')})" for role in telling or list(roles)[:3] for column in [roles[role]]
    ]
    named = signs.words & set(table.split("_"))
    by_name = f"the name says {', '.join(sorted(named))}, " if named else ""
    return f"{by_name}and it has {', '.join(shown)}" if by_name else f"it has {', '.join(shown)}"
