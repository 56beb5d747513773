"""A sample in a folder: real files, and a configuration that is the reader's from then on."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

import pytest

from orchestration.configuration.deployment import load_deployment
from orchestration.errors import TesseraError
from orchestration.samples.sample import SAMPLES, put_sample


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put_sample("completejourney", tmp_path_factory.mktemp("sample") / "new" / "folder")


def test_every_file_is_a_whole_copy(placed: Path) -> None:
    sample = SAMPLES["completejourney"]
    for name in sample.files:
        packaged = importlib.resources.files(sample.package) / "data" / name
        assert (placed.parent / name).read_bytes() == packaged.read_bytes()
    assert {path.name for path in placed.parent.iterdir()} == {*sample.files, "tessera.yml"}


def test_the_configuration_is_valid_and_lists_exactly_the_files_there_are(placed: Path, tmp_path: Path) -> None:
    deployment = load_deployment(placed, tmp_path)
    files = [file for source in deployment.settings.sources for file in deployment.files_of(source)]
    assert {file.name for file in files} == set(SAMPLES["completejourney"].files)
    assert deployment.settings.nights.last is not None


def test_a_configuration_that_is_there_is_kept_and_a_damaged_file_is_put_right(placed: Path) -> None:
    name = SAMPLES["completejourney"].files[-1]
    original = (placed.parent / name).read_bytes()
    placed.write_text(placed.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    (placed.parent / name).write_bytes(b"broken")
    assert put_sample("completejourney", placed.parent) == placed
    assert placed.read_text(encoding="utf-8").endswith("# mine\n")
    assert (placed.parent / name).read_bytes() == original


def test_an_unknown_sample_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="there is no sample 'nosuch'") as caught:
        put_sample("nosuch", tmp_path / "folder")
    assert "completejourney" in caught.value.expected
    assert list(tmp_path.iterdir()) == []
