"""One fit of one of our models in a process of its own, for lifetime_value.py: prints what it took as JSON.

Usage: metered_lifetime_value.py MODEL HISTORIES_NPZ [PARAMETERS_JSON]; with parameters it only computes their
log-likelihood.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from ml.lifetime_value.beta_geo_model import BetaGeoModel
from ml.lifetime_value.modified_beta_geo_model import ModifiedBetaGeoModel
from ml.lifetime_value.pareto_nbd_model import ParetoNbdModel

MODELS = {model.__name__: model for model in (BetaGeoModel, ModifiedBetaGeoModel, ParetoNbdModel)}


def peak_memory() -> int:
    """Return the most bytes this process has held; getrusage would count what its parent held before it began."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024


def main() -> None:
    """Fit once and print what it took."""
    model = MODELS[sys.argv[1]]()
    with np.load(sys.argv[2]) as file:
        frame = pd.DataFrame(
            {
                "repeat_orders_count": file["orders"],
                "first_to_last_order_days": file["last"],
                "age_days": file["age"],
            },
            index=pd.Index(np.random.default_rng(0).permutation(len(file["age"])), name="customer_id"),
        )
    if len(sys.argv) > 3:
        model.parameters_ = {name: json.loads(sys.argv[3])[name] for name in model.PARAMETERS}
        print(json.dumps({"log_likelihood": model.log_likelihood(frame)}))
        return
    before = peak_memory()
    cpu, wall = time.process_time(), time.perf_counter()
    model.fit(frame)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(
        json.dumps(
            {
                "cpu": cpu,
                "wall": wall,
                "memory": peak_memory(),
                "grown": peak_memory() - before,
                "parameters": model.parameters_,
                "log_likelihood": model.log_likelihood_,
                "evaluations": model.evaluations_,
                "is_converged": model.is_converged_,
            }
        )
    )


if __name__ == "__main__":
    main()
