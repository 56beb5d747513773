"""One BG/NBD fit of a peer in its own environment, for lifetime_value.py: prints what it took as JSON.

Usage: metered_lifetime_peer.py lifetimes|pymc-marketing HISTORIES_NPZ. Runs on the peer's Python, which has none of
this project. What is compiled once is compiled before the clock starts, by a fit of a thousand customers.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

FEW = 1_000


def lifetimes(orders: np.ndarray, last: np.ndarray, age: np.ndarray) -> dict[str, float]:
    """Fit with lifetimes at its defaults."""
    from lifetimes import BetaGeoFitter

    fitted = BetaGeoFitter().fit(orders, last, age)
    return {name: float(value) for name, value in fitted.params_.items()}


def pymc_marketing(orders: np.ndarray, last: np.ndarray, age: np.ndarray) -> dict[str, float]:
    """Fit the posterior mode with PyMC-Marketing at its default priors."""
    from pymc_marketing import clv

    data = pd.DataFrame({"customer_id": np.arange(len(orders)), "frequency": orders, "recency": last, "T": age})
    model = clv.BetaGeoModel(data=data)
    model.fit(method="map", progressbar=False)
    return {name: float(model.fit_result[name].to_numpy().mean()) for name in ("r", "alpha", "a", "b")}


def peak_memory() -> int:
    """Return the most bytes this process has held; getrusage would count what its parent held before it began."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024


def main() -> None:
    """Fit once and print what it took."""
    peers: dict[str, Callable[..., dict[str, float]]] = {"lifetimes": lifetimes, "pymc-marketing": pymc_marketing}
    fit = peers[sys.argv[1]]
    with np.load(sys.argv[2]) as file:
        arrays = [file[name] for name in ("orders", "last", "age")]
    fit(*(array[:FEW] for array in arrays))
    cpu, wall = time.process_time(), time.perf_counter()
    parameters = fit(*arrays)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(json.dumps({"cpu": cpu, "wall": wall, "memory": peak_memory(), "parameters": parameters}))


if __name__ == "__main__":
    main()
