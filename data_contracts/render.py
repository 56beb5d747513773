"""Write the dbt boundary files out of the contracts, or say that they are stale.

Belongs here: which file each rendering goes to, writing it, the command line. Does not belong here: the
text of the files (dbt_boundary.py).

    python -m data_contracts.render            write them
    python -m data_contracts.render --check    exit with 1 when one of them is not up to date
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from data_contracts.contract import ContractError, load_contracts
from data_contracts.dbt_boundary import marts_yaml, sources_yaml


def rendered_files(root: Path) -> dict[Path, str]:
    """The text of every boundary file, by its path below ``root``.

    Raises:
        ContractError: When a contract is invalid.
    """
    inbound = load_contracts(root / "data_contracts" / "inbound")
    outbound = load_contracts(root / "data_contracts" / "outbound", repeated={"scheme": catalogued_schemes(root)})
    files: dict[Path, str] = {}
    models = Path("dbt_project") / "models"
    by_source = sorted(inbound.values(), key=lambda contract: contract.source or "")
    for source, contracts in groupby(by_source, key=lambda contract: contract.source or ""):
        files[models / "staging" / source / f"_{source}__sources.yml"] = sources_yaml(source, contracts)
    if outbound:
        files[models / "marts" / "_marts__contracts.yml"] = marts_yaml(outbound.values())
    return files


def catalogued_schemes(root: Path) -> list[str]:
    """Every scheme of the scheme catalogue, in its order; that seed owns the names."""
    seed = root / "dbt_project" / "seeds" / "scheme_catalog.csv"
    if not seed.is_file():
        return []
    with seed.open(encoding="utf-8", newline="") as file:
        return [row["scheme"] for row in csv.DictReader(file)]


def stale_files(root: Path) -> list[Path]:
    """Boundary files below ``root`` that are missing or differ from their contracts, in order."""
    return [
        path
        for path, text in sorted(rendered_files(root).items())
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m data_contracts.render", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which files are stale")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    chosen = parser.parse_args(arguments)
    try:
        stale = stale_files(chosen.root)
        files = rendered_files(chosen.root) if stale else {}
    except ContractError as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.check:
        for path in stale:
            print(
                f"{path}: it is stale\n  expected: the text rendered from the contracts\n"
                "  found:    another text, or no file\n  to do:    make render, and commit the result",
                file=sys.stderr,
            )
        return 1 if stale else 0
    for path in stale:
        (chosen.root / path).parent.mkdir(parents=True, exist_ok=True)
        (chosen.root / path).write_text(files[path], encoding="utf-8")
        print(f"written: {path}")
    if not stale:
        print("every boundary file is up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
