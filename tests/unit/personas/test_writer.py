"""What a persona says of a segment."""

from __future__ import annotations

from typing import Any

from orchestration.personas.persona import Figure, Persona, Sentence
from orchestration.personas.writer import Material, persona_of

PROFILE = {
    "scheme": "rfm",
    "segment_code": "champions",
    "segment_name": "Champions",
    "description": "Bought very recently and often",
    "customers_count": 1873,
    "customers_share": 0.094,
    "net_revenue_365d_share": 0.339,
    "net_revenue_365d_mean_amount": 1289.37,
    "net_revenue_index": 3.6,
    "order_days_365d_mean": 9.4,
    "average_order_value_365d_amount": 134.27,
    "discount_365d_share": 0.034,
    "days_since_last_order_median": 8.0,
    "as_of_date": "2026-06-30",
}
SCHEME = {"scheme": "rfm", "method": "rule", "customers_known_share": 1.0}


def trait(trait: str, words: str, *, rank: int, **changed: Any) -> dict[str, Any]:
    return {
        "scheme": "rfm",
        "segment_code": "champions",
        "trait": trait,
        "trait_value": words,
        "words": words,
        "segment_share": 0.48,
        "base_share": 0.17,
        "rank": rank,
        "is_distinct": True,
        "is_own_input": False,
        **changed,
    }


def plain(sentence: Sentence) -> str:
    return "".join(part if isinstance(part, str) else f"[{part.column}]" for part in sentence.parts)


def chapter(persona: Persona, title: str) -> list[str]:
    return [plain(sentence) for found in persona.chapters if found.title == title for sentence in found.sentences]


def test_the_headline_says_how_many_and_what_they_bring() -> None:
    persona = persona_of(Material(profile=PROFILE, scheme=SCHEME))
    assert plain(persona.headline) == (
        "[customers_count] customers, [customers_share] of all, bring [net_revenue_365d_share] "
        "of the past year's revenue."
    )


def test_every_figure_is_a_value_of_a_row_that_its_key_finds() -> None:
    persona = persona_of(Material(profile=PROFILE, scheme=SCHEME))
    figures = [part for part in persona.headline.parts if isinstance(part, Figure)]
    assert [figure.value for figure in figures] == [1873, 0.094, 0.339]
    assert {figure.mart for figure in figures} == {"segment_profiles"}
    assert figures[0].key == {"scheme": "rfm", "segment_code": "champions", "as_of_date": "2026-06-30"}


def test_traits_answer_the_question_that_they_are_about() -> None:
    rows = [
        trait("category_range", "customers who buy from 5 categories or more", rank=1),
        trait("age_band", "customers aged 25-34", rank=2),
        trait("need", "customers whose strongest need is price", rank=3),
        trait("nps", "NPS promoters", rank=4),
    ]
    persona = persona_of(Material(profile=PROFILE, scheme=SCHEME, traits=rows))
    ends = ", against [base_share] of all customers."
    assert f"[segment_share] are aged 25-34{ends}" in chapter(persona, "Who they are")
    assert chapter(persona, "What they need") == [f"[segment_share] are customers whose strongest need is price{ends}"]
    assert f"[segment_share] buy from 5 categories or more{ends}" in chapter(persona, "How they buy")
    assert chapter(persona, "How they feel about us") == [f"[segment_share] are NPS promoters{ends}"]


def test_what_the_scheme_divides_by_and_what_chance_explains_is_no_news() -> None:
    rows = [
        trait("need", "customers whose strongest need is price", rank=1, is_own_input=True),
        trait("benefit", "customers who buy for the gift", rank=2, is_distinct=False),
    ]
    persona = persona_of(Material(profile=PROFILE, scheme=SCHEME, traits=rows))
    assert chapter(persona, "What they need") == ["Nothing that clearly sets them apart from all customers."]


def test_the_strongest_value_of_a_trait_is_told_once() -> None:
    rows = [trait("need", f"customers whose strongest need is {need}", rank=rank) for rank, need in enumerate("abcd")]
    persona = persona_of(Material(profile=PROFILE, scheme=SCHEME, traits=rows))
    assert len(chapter(persona, "What they need")) == 1


def test_customers_of_whom_too_little_is_known_are_no_people_to_describe() -> None:
    persona = persona_of(Material(profile=PROFILE | {"segment_code": "unknown"}, scheme=SCHEME))
    assert chapter(persona, "Who they are") == [
        "Customers of whom too little is known for a segment. They are in no way alike."
    ]


def test_a_segment_that_bought_nothing_is_not_given_order_values() -> None:
    profile = PROFILE | {"order_days_365d_mean": 0.0, "average_order_value_365d_amount": None}
    persona = persona_of(Material(profile=profile, scheme=SCHEME))
    assert chapter(persona, "How they buy") == ["None of them ordered in the past year."]


def test_treatments_are_what_to_do_and_none_is_what_not_to_do() -> None:
    def given(dimension: str, treatment: str, share: float) -> dict[str, Any]:
        return {
            "scheme": "rfm",
            "segment_code": "champions",
            "dimension": dimension,
            "treatment": treatment,
            "dimension_name": dimension.title(),
            "treatment_name": treatment.upper(),
            "treated_share": share,
        }

    rows = [given("offer", "none", 0.9), given("offer", "bundle", 0.1), given("support", "vip", 0.7)]
    reach = {"scheme": "rfm", "segment_code": "champions", "not_email_share": 0.37, "not_sms_share": None}
    persona = persona_of(Material(profile=PROFILE, scheme=SCHEME, treatments=rows, reach=reach))
    assert chapter(persona, "What to do") == ["Support: VIP, for [treated_share] of them."]
    assert chapter(persona, "What not to do") == [
        "No offer for [treated_share] of them.",
        "[not_email_share] of them may not be addressed by e-mail.",
    ]


def test_without_treatments_nothing_is_advised() -> None:
    persona = persona_of(Material(profile=PROFILE, scheme=SCHEME))
    assert chapter(persona, "What to do") == [
        "This version was published without treatments, so nothing is advised here."
    ]


def test_results_of_the_period_are_told_with_their_intervals_and_only_whole() -> None:
    kpis = {
        "scheme": "rfm",
        "segment_code": "champions",
        "period_kind": "quarter",
        "period_name": "second quarter of 2026",
        "period_start_date": "2026-04-01",
        "period_retention_rate": 0.61,
        "period_retention_rate_low": 0.55,
        "period_retention_rate_high": 0.67,
        "nps": None,
        "nps_low": None,
        "nps_high": None,
    }
    persona = persona_of(Material(profile=PROFILE, scheme=SCHEME, kpis=kpis))
    assert chapter(persona, "How they buy")[-1] == (
        "Of those who bought in the period before, [period_retention_rate] bought again (second quarter of 2026; "
        "95 % interval [period_retention_rate_low] to [period_retention_rate_high])."
    )
    # Too few answers: nothing is said of an NPS that is not known.
    assert chapter(persona, "How they feel about us") == ["Nothing that clearly sets them apart from all customers."]


def test_how_sure_we_are_tells_rules_from_estimates() -> None:
    by_rule = persona_of(Material(profile=PROFILE, scheme=SCHEME))
    assert "by a rule" in chapter(by_rule, "How sure we are")[0]
    membership = {"scheme": "needs", "segment_code": "champions", "confidence_mean": 0.77}
    scheme = {"scheme": "needs", "method": "model", "customers_known_share": 0.41}
    by_model = persona_of(Material(profile=PROFILE, scheme=scheme, membership=membership))
    assert chapter(by_model, "How sure we are") == [
        "On average the model is [confidence_mean] sure that they belong here.",
        "This way of segmenting knows enough of [customers_known_share] of all customers.",
    ]


def test_plain_figures_share_their_keys() -> None:
    told = persona_of(Material(profile=PROFILE, scheme=SCHEME)).to_plain()
    assert told["headline"][0] == [1873.0, "count", "segment_profiles", "customers_count", 0]
    assert told["keys"][0] == {"scheme": "rfm", "segment_code": "champions", "as_of_date": "2026-06-30"}
    assert len(told["keys"]) == 1
