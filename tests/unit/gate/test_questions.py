"""A check without words of its own is worded by what it tests where."""

from __future__ import annotations

import pytest

from orchestration.gate.expectations import MODEL_CHECKS
from orchestration.gate.questions import contract_question, model_question
from orchestration.gate.questions import test_question as question_of


def generic(kind: str, **arguments: object) -> dict:
    return {
        "name": f"{kind}_of_something",
        "description": "",
        "attached_node": "model.tessera.audiences",
        "depends_on": {"nodes": ["model.tessera.audiences"]},
        "test_metadata": {"name": kind, "kwargs": arguments},
    }


@pytest.mark.parametrize(
    ("node", "question"),
    [
        (generic("not_null", column_name="arm"), "Is every arm of audiences present?"),
        (generic("unique", column_name="arm"), "Does every arm of audiences occur once?"),
        (generic("unique_combination", columns=["arm"]), "Does every arm of audiences occur once?"),
        (
            generic("unique_combination", columns=["arm", "channel"]),
            "Does every combination of arm, channel of audiences occur once?",
        ),
        (
            generic("accepted_values", column_name="arm", values=["holdout", "treatment"]),
            "Is every arm of audiences one of holdout, treatment?",
        ),
        (
            generic("relationships", column_name="customer_id", to="ref('customers')", field="customer_id"),
            "Is every customer_id of audiences a customer_id of customers?",
        ),
        (
            generic("exactly_once_per_customer_and_date"),
            "Is every known customer in audiences exactly once per evaluated date?",
        ),
        (generic("of_a_users_own"), "Does the dbt test of_a_users_own_of_something find nothing?"),
    ],
)
def test_a_generic_test_asks_what_it_tests(node: dict, question: str) -> None:
    assert question_of(node) == question


def test_a_test_that_says_what_it_asks_is_believed() -> None:
    assert question_of({**generic("unique", column_name="arm"), "description": " Is it\n so? "}) == "Is it so?"


def test_models_and_contracts_are_asked_questions_too() -> None:
    assert model_question("model__clusters__are_they_stable") == "Model of clusters: are they stable?"
    assert all(model_question(check).endswith("?") for check in MODEL_CHECKS)
    assert contract_question("customers", version="1.2.0") == "Does customers keep its contract (version 1.2.0)?"
