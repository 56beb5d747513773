"""What fitting a buying model costs: growth with the customers, and beside lifetimes and PyMC-Marketing.

Belongs here: making the peers' environments, running the fits in processes of their own, the tables. Does not belong
here: one fit (metered_lifetime_value.py, metered_lifetime_peer.py), drawing the customers (buyer_histories.py).

CPU and wall seconds are those of the fit alone, without imports, reading, and what a peer compiles once; ours are the
middle of five fits, being short. Times are compared by CPU, which other work on the machine stretches least. All
log-likelihoods are computed by the same code, from the parameters that each has found.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from buyer_histories import write_histories
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
SIZES = (100_000, 1_000_000, 5_000_000)
COMPARED = 1_000_000
MODELS = ("BetaGeoModel", "ModifiedBetaGeoModel", "ParetoNbdModel")
PEERS = {
    "lifetimes": ("lifetimes==0.11.3", "autograd==1.9.1", "numpy==1.26.4", "pandas==1.5.3", "scipy==1.11.4"),
    "pymc-marketing": ("pymc-marketing==0.19.2", "pymc==5.28.5", "pytensor==2.38.3", "numpy==2.4.6", "pandas==3.1.1"),
}
LEAST_TIMES = {"lifetimes": 40, "pymc-marketing": 20}


def peer_python(name: str, folder: Path) -> Path | str:
    """Return the Python of a peer's environment, made if it is not there, or why there is none."""
    python = folder / name / "bin" / "python"
    is_ready = folder / name / ".ready"
    if is_ready.exists():
        return python
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(folder / name)],
        [str(python), "-m", "pip", "install", "--quiet", *PEERS[name]],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            return f"its environment could not be made: {last}"
    is_ready.touch()
    return python


def run(command: list[str]) -> dict[str, Any]:
    """Run one fit and return what it printed."""
    # One thread each: the machine's other cores should not decide who is faster.
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def ours(model: str, file: Path, *parameters: str) -> dict[str, Any]:
    """Fit one of our models, or compute the log-likelihood of given parameters."""
    return run([sys.executable, str(HERE / "metered_lifetime_value.py"), model, str(file), *parameters])


def growth(console: Console, files: dict[int, Path]) -> None:
    """Print what our models cost with more and more customers."""
    table = Table(title="Fitting a buying model")
    for heading in ("model", "customers", "CPU s", "wall s", "peak MB", "MB by fit", "evaluations"):
        table.add_column(heading, justify="left" if heading == "model" else "right")
    for model in MODELS:
        for size, file in files.items():
            fit = ours(model, file)
            if not fit["is_converged"]:
                sys.exit(f"{model} found no maximum on {size:,} customers")
            table.add_row(
                model,
                f"{size:,}",
                f"{fit['cpu']:.2f}",
                f"{fit['wall']:.2f}",
                f"{fit['memory'] / 1e6:,.0f}",
                f"{fit['grown'] / 1e6:,.0f}",
                f"{fit['evaluations']}",
            )
    console.print(table)


def comparison(console: Console, file: Path, customers: int, folder: Path) -> None:
    """Print BG/NBD on the same customers by us and by the peers."""
    fits = {"Tessera": ours("BetaGeoModel", file)}
    for name in PEERS:
        python = peer_python(name, folder)
        if isinstance(python, str):
            console.print(f"{name} is left out, {python}")
            continue
        fits[name] = run([str(python), str(HERE / "metered_lifetime_peer.py"), name, str(file)])
        again = ours("BetaGeoModel", file, json.dumps(fits[name]["parameters"]))
        fits[name]["log_likelihood"] = again["log_likelihood"]
    table = Table(title=f"BG/NBD on the same {customers:,} customers")
    for heading in ("by", "CPU s", "wall s", "peak MB", "r", "alpha", "a", "b", "log-likelihood"):
        table.add_column(heading, justify="left" if heading == "by" else "right")
    for name, fit in fits.items():
        table.add_row(
            name,
            f"{fit['cpu']:.2f}",
            f"{fit['wall']:.2f}",
            f"{fit['memory'] / 1e6:,.0f}",
            *(f"{fit['parameters'][parameter]:.4f}" for parameter in ("r", "alpha", "a", "b")),
            f"{fit['log_likelihood']:,.4f}",
        )
    console.print(table)
    best = fits.pop("Tessera")
    for name, fit in fits.items():
        cpu, wall = fit["cpu"] / best["cpu"], fit["wall"] / best["wall"]
        worse = best["log_likelihood"] - fit["log_likelihood"]
        missed = "" if cpu >= LEAST_TIMES[name] and worse >= -1e-4 else "  MISSED"
        console.print(
            f"{name}: {cpu:.0f} times the CPU (at least {LEAST_TIMES[name]}), {wall:.0f} times the wall time, "
            f"log-likelihood lower by {worse:.4f}{missed}"
        )


def main() -> None:
    """Run the fits and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--customers", type=int, default=COMPARED, help="how many the peers are given")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "tessera-benchmarks"
    parser.add_argument("--peers", type=Path, default=cache, help="folder of the peers' environments")
    options = parser.parse_args()
    console = Console(width=120)
    with tempfile.TemporaryDirectory() as folder:
        files = {size: Path(folder) / f"{size}.npz" for size in {*SIZES, options.customers}}
        for size, file in sorted(files.items()):
            write_histories(file, size, seed=11)
        growth(console, {size: files[size] for size in SIZES})
        comparison(console, files[options.customers], options.customers, options.peers)


if __name__ == "__main__":
    main()
