"""Putting the company's files and its truth into their folders, once.

Belongs here: limits of the number of customers, the stamp of what is there, and replacing files whole. Does not belong
here: what the files hold.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.errors import TesseraError
from orchestration.samples.company.company import draw_company
from orchestration.samples.company.files import Output
from orchestration.samples.company.truth import write_truth
from orchestration.samples.company.world import GENERATOR_VERSION
from orchestration.samples.company.write import write_files

DEFAULT_CUSTOMERS, DEFAULT_SEED = 20_000, 42
FEWEST, MOST = 50, 2_000_000
STAMP = ".company.json"
_UNFINISHED = ".company-unfinished"


@dataclass(frozen=True)
class Stamp:
    """What the files in a folder were made from, and their sizes in bytes."""

    version: int
    customers: int
    seed: int
    files: dict[str, int]
    truth: dict[str, int]

    def is_of(self, customers: int, seed: int) -> bool:
        """Whether today's generator would make the same files."""
        return (self.version, self.customers, self.seed) == (GENERATOR_VERSION, customers, seed)

    def is_whole(self, folder: Path, truth: Path) -> bool:
        """Whether every file is there with the size it was written with."""
        sizes = {folder / name: size for name, size in self.files.items()}
        sizes |= {truth / name: size for name, size in self.truth.items()}
        return all(path.is_file() and path.stat().st_size == size for path, size in sizes.items())


def place_company(folder: Path, truth: Path, *, customers: int, seed: int) -> bool:
    """Make sure that a company's files are in ``folder`` and its truth is in ``truth``.

    Files of the same number of customers, seed and generator are left as they are. Others of this sample are replaced;
    whatever else is in the folders stays.

    Returns:
        Whether anything was written.

    Raises:
        TesseraError: The number of customers or the seed is out of range, or a folder cannot be written to.
    """
    _check(customers, seed)
    if truth.resolve().is_relative_to(folder.resolve()):
        raise TesseraError(
            "the truth about the company cannot lie with its data",
            expected="a folder outside of that of the data",
            found=str(truth),
            fix="choose another folder with --into",
        )
    before = _stamp_in(folder)
    if before is not None and before.is_of(customers, seed) and before.is_whole(folder, truth):
        return False
    try:
        _replace(folder, truth, before, customers=customers, seed=seed)
    except OSError as error:
        raise TesseraError(
            f"the sample cannot be put into {folder}",
            expected="a folder that can be written to, and room for about 10 kB a customer",
            found=str(error),
            fix="choose another folder with --into or --home",
        ) from error
    return True


def _check(customers: int, seed: int) -> None:
    if not FEWEST <= customers <= MOST:
        raise TesseraError(
            f"--customers {customers} is out of range",
            expected=f"a whole number from {FEWEST} to {MOST}",
            found=str(customers),
            fix=f"tessera sample company --customers {DEFAULT_CUSTOMERS}",
        )
    if seed < 0:
        raise TesseraError(
            f"--seed {seed} is out of range",
            expected="a whole number from 0",
            found=str(seed),
            fix=f"tessera sample company --seed {DEFAULT_SEED}",
        )


def _replace(folder: Path, truth: Path, before: Stamp | None, *, customers: int, seed: int) -> None:
    """Write everything beside its place, then move it; the stamp goes first and comes last."""
    new = [place / _UNFINISHED for place in (folder, truth)]
    for place in new:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
    try:
        company = draw_company(customers, seed)
        output = Output(new[0])
        try:
            records = write_files(output, company)
        finally:
            output.close()
        write_truth(new[1], company, records, output.bad_rows)
        (folder / STAMP).unlink(missing_ok=True)
        for place, old in ((folder, before.files if before else {}), (truth, before.truth if before else {})):
            for name in old:
                (place / name).unlink(missing_ok=True)
        made = [_moved(source, place) for source, place in zip(new, (folder, truth), strict=True)]
        stamp = Stamp(GENERATOR_VERSION, customers, seed, *made)
        (folder / STAMP).write_text(json.dumps(asdict(stamp), indent=1) + "\n", encoding="utf-8")
    finally:
        for place in new:
            shutil.rmtree(place, ignore_errors=True)


def _moved(source: Path, place: Path) -> dict[str, int]:
    sizes = {}
    for path in sorted(source.iterdir()):
        sizes[path.name] = path.stat().st_size
        path.replace(place / path.name)
    return sizes


def _stamp_in(folder: Path) -> Stamp | None:
    """The stamp, or none where there is none that can be read."""
    try:
        return Stamp(**json.loads((folder / STAMP).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
