"""Nothing protected decides a price: not in the project's policy, not deep in a condition, not by way of a scheme."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from orchestration.clustering import CLUSTER_FEATURES
from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.configuration.schemes import catalogued_schemes
from orchestration.configuration.treatments.dimensions import DIMENSIONS
from orchestration.configuration.treatments.protected import ATTRIBUTES, COMPARED, SCHEMES, why_protected
from orchestration.errors import TesseraError
from orchestration.found_segments.typing_features import TYPING_FEATURES
from orchestration.prediction.prediction_features import prediction_features
from orchestration.prediction.tables import PREDICTIONS
from orchestration.repository import SEGMENTATION_MODELS
from tests.support.deployments import write_config
from tests.unit.treatments.policies import read

CUSTOM = """\
custom_schemes:
  young_people:
    description: Who is young?
    rules:
      - {segment: young, when: {any: [{age_years: "< 25"}, {order_count: 0}]}}
    otherwise: others
  big_spenders:
    description: Who spends?
    rules:
      - {segment: big, when: {net_revenue_365d_amount: ">= 100"}}
    otherwise: others
"""


def price(when: Any) -> dict[str, Any]:
    rules = [{"code": "some", "option": "low", "when": when}]
    return {"price_policy": {"options": {"low": "Low", "list": "List"}, "rules": rules, "otherwise": "list"}}


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder = tmp_path_factory.mktemp("protected")
    return load_deployment(write_config(folder, more=CUSTOM), folder / "home")


def test_the_projects_policy_decides_prices_by_nothing_protected(deployment: Deployment) -> None:
    policy = deployment.treatment_policy["price_policy"]
    asked = {name for rule in policy.rules for name in rule.columns}
    assert asked
    assert [name for name in asked if why_protected(name, custom_schemes=deployment.custom_schemes)] == []
    (priced,) = [dimension.code for dimension in DIMENSIONS if dimension.is_price]
    assert priced == "price_policy"


@pytest.mark.parametrize(
    "when",
    [
        {"age_band": "18-24"},
        {"order_count": ">= 1", "age_band": "known"},
        {"age_band": {"not": "unknown"}},
        {"age_band": ["not 18-24", {"not": {"not": "65+"}}]},
        {"any": [{"order_count": ">= 1"}, {"order_count": "< 1", "age_band": "unknown"}]},
        {"order_count": ">= 1", "any": [{"rfm_segment_code": "lost"}, {"age_band": "65+"}]},
        {"p_return_90d": "< 50%"},
    ],
)
def test_a_protected_attribute_is_found_however_deep_it_stands(tmp_path: Path, when: dict[str, Any]) -> None:
    with pytest.raises(TesseraError, match=r"the rule some decides a price by (age_band|p_return_90d)") as caught:
        read(tmp_path, price(when))
    assert "policy.yml line" in caught.value.what


def test_what_customers_buy_may_decide_a_price(tmp_path: Path) -> None:
    assert read(tmp_path, price({"order_count": ">= 1", "rfm_segment_code": "champions"}))["price_policy"].rules


def test_what_is_protected_may_decide_what_is_no_price(tmp_path: Path) -> None:
    written = {"message_theme": price({"age_band": "18-24"})["price_policy"]}
    assert read(tmp_path, written)["message_theme"].rules


def test_a_price_is_not_ranked_by_what_models_foretell(tmp_path: Path) -> None:
    written = price({"order_count": ">= 1"})
    rule = written["price_policy"]["rules"][0]
    rule["capacity"] = {"customers": 5, "by": "expected_margin"}
    with pytest.raises(TesseraError, match="decides a price by expected_margin"):
        read(tmp_path, written)
    rule["capacity"]["by"] = "margin_365d"
    assert read(tmp_path, written)["price_policy"].rules


@pytest.mark.parametrize(
    ("column", "is_protected"),
    [
        ("young_people_segment_code", True),
        ("big_spenders_segment_code", False),
        ("demographic_segment_code", True),
        ("rfm_segment_code", False),
        ("country", True),
        ("discount_365d_share", False),
    ],
)
def test_a_scheme_is_as_protected_as_what_it_reads(deployment: Deployment, column: str, is_protected: bool) -> None:
    assert column in deployment.customer_columns
    assert (why_protected(column, custom_schemes=deployment.custom_schemes) is not None) == is_protected


def test_every_compared_attribute_is_a_column_of_customers(deployment: Deployment) -> None:
    assert set(COMPARED) <= set(deployment.customer_columns)
    assert set(COMPARED) <= ATTRIBUTES


def test_whatever_is_foretold_is_protected_because_its_models_know_something_protected() -> None:
    assert ATTRIBUTES & set(prediction_features()) == {"country"}
    foretold = set(PREDICTIONS.names) - {"customer_id", "as_of_date", "reasons"}
    told = {name for name in foretold if why_protected(name, custom_schemes=()) is None}
    in_customers = {"return_source", "value_source"} | {name for name in told if name.startswith(("p_", "expected_"))}
    assert in_customers <= {"return_source", "value_source"}


def sql_of(scheme: str) -> str:
    """A scheme's SQL with that of all models of segmentations that it reads, near or far, without comments."""
    read: dict[str, str] = {}
    open_models = [
        f"seg_customers__{scheme}",
        *(path.stem for path in SEGMENTATION_MODELS.glob(f"int_{scheme}__*.sql")),
    ]
    while open_models:
        model = open_models.pop()
        path = SEGMENTATION_MODELS / f"{model}.sql"
        if model not in read and path.is_file():
            read[model] = re.sub(r"--.*|\{#.*?#\}", "", path.read_text(encoding="utf-8"))
            open_models += re.findall(r"ref\('(\w+)'\)", read[model])
    return "\n".join(read.values())


@pytest.mark.parametrize("scheme", [scheme.name for scheme in catalogued_schemes()])
def test_every_scheme_that_reads_something_protected_is_on_the_list(scheme: str) -> None:
    sql = sql_of(scheme)
    words = set(re.findall(r"\w+", sql))
    reads = bool(words & ATTRIBUTES) or bool(words & {"ml_customers__predictions", "feat_customers__geography"})
    typed = {"needs", "benefits", "psychographic"}
    learnt = {name for names in TYPING_FEATURES.values() for name in names} if scheme in typed else set()
    learnt |= set(CLUSTER_FEATURES) if scheme == "clusters" else set()
    if reads or learnt & ATTRIBUTES:
        assert scheme in SCHEMES
    # What is on the list for nothing would keep somebody from a good rule.
    elif scheme != "combined":
        assert scheme not in SCHEMES
