"""Which schemes a deployment builds, and what it says of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.configuration.combined_pair import NO_PAIR
from orchestration.configuration.deployment import load_deployment
from orchestration.configuration.schemes import Scheme, SchemeStatus, catalogued_schemes, status_of
from orchestration.repository import SCHEME_CATALOG
from tests.support.deployments import every_source, write_config


def scheme(requires: str) -> Scheme:
    groups = tuple(tuple(group.split("|")) for group in requires.split())
    return Scheme("some", "Some", "Which?", "rule", "fixed", groups)


@pytest.mark.parametrize(
    ("requires", "connected", "reason"),
    [
        ("", [], ""),
        ("order_lines", ["order_lines"], ""),
        ("order_lines", [], "no source of order lines is connected"),
        ("survey_questions survey_answers", ["survey_questions"], "no source of survey answers is connected"),
        ("survey_answers|social_interactions", ["social_interactions"], ""),
        ("survey_answers|social_interactions", [], "no source of survey answers or social interactions is connected"),
        (
            "order_lines customers|companies",
            [],
            "no source of order lines and of customers or companies is connected",
        ),
    ],
)
def test_a_scheme_needs_all_of_its_entities_and_of_alternatives_one(
    requires: str, connected: list[str], reason: str
) -> None:
    found = status_of(scheme(requires), switched={}, connected=connected)
    assert found == SchemeStatus("some", "not_available" if reason else "available", reason)


def test_what_is_switched_off_is_not_asked_for_its_sources() -> None:
    found = status_of(scheme("order_lines"), switched={"some": False}, connected=[])
    assert found == SchemeStatus("some", "switched_off", "switched off in tessera.yml")


def test_the_catalogue_is_read_in_its_order() -> None:
    names = [line.split(",")[0] for line in SCHEME_CATALOG.read_text(encoding="utf-8").splitlines()[1:]]
    assert [found.name for found in catalogued_schemes()] == names
    assert catalogued_schemes()[0].requires == (("order_lines",),)


def test_with_every_source_only_what_a_version_chooses_is_missing(tmp_path: Path) -> None:
    statuses = every_source(tmp_path).scheme_status
    missing = {status.scheme: status.reason for status in statuses if not status.is_available}
    # A cross is chosen by a version.
    assert missing == {"combined": NO_PAIR}


def test_predictions_need_orders_and_no_more() -> None:
    (predictive,) = [found for found in catalogued_schemes() if found.name == "predictive"]
    assert status_of(predictive, switched={}, connected=["order_lines"]).is_available
    without = status_of(predictive, switched={}, connected=["customers"])
    assert without.reason == "no source of order lines is connected"


def test_dbt_is_told_of_every_scheme_and_builds_only_the_available_ones(tmp_path: Path) -> None:
    config = write_config(tmp_path, more="schemes: {lifecycle: false}\n")
    told = load_deployment(config, tmp_path / "home").dbt_vars
    by_scheme = {status["scheme"]: status for status in told["scheme_status"]}
    assert list(by_scheme) == told["catalog_schemes"]
    assert told["schemes"] == [name for name, status in by_scheme.items() if status["status"] == "available"]
    assert by_scheme["lifecycle"]["reason"] == "switched off in tessera.yml"
    assert by_scheme["firmographic"]["status"] == "not_available"
    assert "lifecycle" not in told["bounded_schemes"]
    assert set(told["bounded_schemes"]) <= set(told["schemes"])
