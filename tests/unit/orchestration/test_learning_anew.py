"""Which models a person may ask to learn anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.errors import TesseraError
from orchestration.found_segments.found_scheme import names_alone
from orchestration.learning_anew import learning_steps, steps_to_refit
from tests.support.deployments import write_config


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    (tmp_path / "order_lines.csv").write_text("order_id\n", encoding="utf-8")
    return load_deployment(write_config(tmp_path), tmp_path / "home")


def test_nobody_named_means_all_that_are_on(deployment: Deployment) -> None:
    assert steps_to_refit(deployment, []) == list(learning_steps(deployment).values())
    assert "clusters" in learning_steps(deployment)
    assert "psychographic" not in learning_steps(deployment), "without surveys there is nothing to learn"


def test_one_is_asked_by_its_name(deployment: Deployment) -> None:
    assert steps_to_refit(deployment, ["predictions"]) == ["predictions"]


def test_a_model_that_is_off_is_told_with_those_that_are_on(deployment: Deployment) -> None:
    with pytest.raises(TesseraError, match=r"(?s)psychographic.*clusters"):
        steps_to_refit(deployment, ["psychographic"])


def test_a_served_model_of_surveys_keeps_its_codes_and_is_not_taken_over() -> None:
    served = {"learnt_from": "abc", "classes": {"learnt_from": "def", "codes": ["n1"]}, "factors": None}
    forgotten = names_alone(served)
    assert forgotten == {"learnt_from": "", "classes": {"learnt_from": "", "codes": ["n1"]}, "factors": None}
    assert served["learnt_from"] == "abc"
    assert names_alone(None) is None
