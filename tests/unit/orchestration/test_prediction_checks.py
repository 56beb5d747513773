"""What the asset of predictions tells the gate: every check that the gate waits for, and no other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from orchestration.assets.predictions import _checks
from orchestration.gate.expectations import MODEL_CHECKS, RETURN_OUTCOMES_MOVED, VALUE_OUTCOMES_MOVED


def foretold(decision: str = "promoted", **moved: str) -> Any:
    results = {"features": "ok", "predictions": "ok", "return_outcomes": "ok", "margin_outcomes": "ok"} | moved
    models = {name: SimpleNamespace(result=result, detail=f"{name} moved") for name, result in results.items()}
    returns = SimpleNamespace(decision=decision, reason="it was better")
    return SimpleNamespace(models=SimpleNamespace(returns=returns, **models), why_not="")


@pytest.mark.parametrize(
    "found", [foretold(), foretold("baseline"), SimpleNamespace(models=None, why_not="too few customers")]
)
def test_the_gate_gets_every_check_that_it_waits_for(found: Any) -> None:
    assert set(_checks(found)) == set(MODEL_CHECKS)


@pytest.mark.parametrize("result", ["warn", "block"])
def test_outcomes_that_moved_warn_and_say_how_far(result: str) -> None:
    told = _checks(foretold(return_outcomes=result, margin_outcomes="ok"))
    assert told[RETURN_OUTCOMES_MOVED] == ("warn", "return_outcomes moved")
    assert told[VALUE_OUTCOMES_MOVED][0] == "pass"
    assert _checks(foretold(margin_outcomes=result))[VALUE_OUTCOMES_MOVED][0] == "warn"
