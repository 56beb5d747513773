"""Fits of one of our models in a process of its own, for lifetime_value.py: prints what it took as JSON.

Usage: metered_lifetime_value.py MODEL HISTORIES_NPZ [PARAMETERS_JSON]; with parameters it only computes their
log-likelihood.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from ml.lifetime_value.beta_geo_model import BetaGeoModel
from ml.lifetime_value.modified_beta_geo_model import ModifiedBetaGeoModel
from ml.lifetime_value.pareto_nbd_model import ParetoNbdModel

MODELS = {model.__name__: model for model in (BetaGeoModel, ModifiedBetaGeoModel, ParetoNbdModel)}

REPEATS = 5


def peak_memory() -> int:
    """Return the most bytes this process has held; getrusage would count what its parent held before it began."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024


def histories(file: str) -> pd.DataFrame:
    """Return the histories of a file as the table that the models read."""
    with np.load(file) as arrays:
        columns = {
            "repeat_orders_count": arrays["orders"],
            "first_to_last_order_days": arrays["last"],
            "age_days": arrays["age"],
        }
    index = pd.Index(np.random.default_rng(0).permutation(len(columns["age_days"])), name="customer_id")
    return pd.DataFrame(columns, index=index)


def main() -> None:
    """Fit five times and print the middle of what it took."""
    model = MODELS[sys.argv[1]]()
    if len(sys.argv) > 3:
        model.parameters_ = {name: json.loads(sys.argv[3])[name] for name in model.PARAMETERS}
        print(json.dumps({"log_likelihood": model.log_likelihood(histories(sys.argv[2]))}))
        return
    took = []
    for _ in range(REPEATS):
        # Read anew each time: pandas remembers what it has found out about an index.
        frame = histories(sys.argv[2])
        before = peak_memory()
        cpu, wall = time.process_time(), time.perf_counter()
        model.fit(frame)
        took.append((time.process_time() - cpu, time.perf_counter() - wall, peak_memory() - before))
    cpu, wall = (statistics.median(values) for values in list(zip(*took, strict=True))[:2])
    print(
        json.dumps(
            {
                "cpu": cpu,
                "wall": wall,
                "memory": peak_memory(),
                "grown": took[0][2],
                "parameters": model.parameters_,
                "log_likelihood": model.log_likelihood_,
                "evaluations": model.evaluations_,
                "is_converged": model.is_converged_,
            }
        )
    )


if __name__ == "__main__":
    main()
