"""Putting the simulated company in place: the same bytes, once, beside whatever else is there."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.configuration.deployment import load_deployment
from orchestration.errors import TesseraError
from orchestration.repository import ROOT
from orchestration.samples.company.placing import STAMP, place_company
from orchestration.samples.sample import put_sample
from tests.support.nights import command


def digests(*folders: Path) -> dict[str, str]:
    return {
        f"{number}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for number, folder in enumerate(folders)
        for path in sorted(folder.iterdir())
    }


def test_the_same_number_and_seed_give_the_same_bytes_in_another_process(small, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from orchestration.samples.company.placing import place_company; "
        "place_company(Path(sys.argv[1]), Path(sys.argv[2]), customers=500, seed=42)"
    )
    data, truth = tmp_path / "data", tmp_path / "truth"
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT), "TZ": "America/New_York"}
    subprocess.run([sys.executable, "-c", code, str(data), str(truth)], check=True, env=environment, cwd=tmp_path)
    assert digests(data, truth) == digests(small.data, small.truth)


def test_another_seed_gives_another_company(small, tmp_path: Path) -> None:
    place_company(tmp_path / "data", tmp_path / "truth", customers=500, seed=43)
    there, here = digests(tmp_path / "data"), digests(small.data)
    assert there.keys() == here.keys()
    # What the surveys ask is the same whoever is asked.
    same = {name for name in here if here[name] == there[name]}
    assert same == {"0/survey_questions.csv", "0/survey_questions_attitudes.csv"}


@pytest.mark.parametrize("seed", range(4))
def test_the_smallest_company_has_every_file(tmp_path: Path, seed: int) -> None:
    config = put_sample("company", tmp_path / "company", customers=50, seed=seed)
    deployment = load_deployment(config, tmp_path / "home")
    files = [file for source in deployment.settings.sources for file in deployment.files_of(source)]
    assert {file.name for file in files} | {STAMP, "tessera.yml"} == {path.name for path in config.parent.iterdir()}
    assert len(list(config.parent.glob("shopify_orders_*.csv"))) == 8
    for file in files:
        assert len(file.read_text(encoding="utf-8").splitlines()) > file.suffix.startswith(".csv"), file.name


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    data, truth = tmp_path / "data", tmp_path / "truth"
    assert place_company(data, truth, customers=50, seed=1)
    before = {path: path.stat().st_mtime_ns for path in (*data.iterdir(), *truth.iterdir())}
    assert not place_company(data, truth, customers=50, seed=1)
    assert {path: path.stat().st_mtime_ns for path in (*data.iterdir(), *truth.iterdir())} == before


@pytest.mark.parametrize("damage", ["cut", "gone", "truth gone", "stamp broken"])
def test_what_is_damaged_is_made_again(tmp_path: Path, damage: str) -> None:
    data, truth = tmp_path / "data", tmp_path / "truth"
    place_company(data, truth, customers=50, seed=1)
    before = digests(data, truth)
    if damage == "cut":
        (data / "products.csv").write_text("sku\n", encoding="utf-8")
    elif damage == "stamp broken":
        (data / STAMP).write_text('{"version": 1', encoding="utf-8")
    else:
        (data / "products.csv" if damage == "gone" else truth / "people.parquet").unlink()
    assert place_company(data, truth, customers=50, seed=1)
    assert digests(data, truth) == before


def test_another_size_replaces_its_own_files_and_leaves_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "company"
    config = put_sample("company", folder, customers=50)
    (folder / "mine.csv").write_text("a\n1\n", encoding="utf-8")
    config.write_text(config.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    before = digests(folder)
    put_sample("company", folder, customers=60)
    after = digests(folder)
    assert before.keys() == after.keys()
    kept = {name for name in before if before[name] == after[name]}
    # The range and the surveys do not depend on the number of customers.
    asked = {"0/survey_questions.csv", "0/survey_questions_attitudes.csv"}
    assert kept == {"0/mine.csv", "0/tessera.yml", "0/products.csv"} | asked
    assert {path.name for path in tmp_path.iterdir()} == {"company", "company-truth"}


def test_a_generation_that_fails_leaves_the_former_company_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, truth = tmp_path / "data", tmp_path / "truth"
    place_company(data, truth, customers=50, seed=1)
    before = digests(data, truth)

    def fail(*_: object) -> list[str]:
        raise OSError("no space left on device")

    monkeypatch.setattr("orchestration.samples.company.placing.write_truth", fail)
    with pytest.raises(TesseraError, match="cannot be put into") as caught:
        place_company(data, truth, customers=60, seed=1)
    assert "no space left" in caught.value.found
    assert digests(data, truth) == before


@pytest.mark.parametrize("customers", [49, 2_000_001, -1, 0])
def test_a_number_of_customers_out_of_range_is_refused_before_anything_is_made(tmp_path: Path, customers: int) -> None:
    with pytest.raises(TesseraError, match="out of range") as caught:
        put_sample("company", tmp_path / "company", customers=customers)
    assert caught.value.expected == "a whole number from 50 to 2000000"
    assert list(tmp_path.iterdir()) == []


def test_a_negative_seed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="--seed -1 is out of range"):
        put_sample("company", tmp_path / "company", customers=50, seed=-1)


def test_the_truth_may_not_lie_inside_the_data(tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="truth about the company"):
        place_company(tmp_path / "data", tmp_path / "data" / "truth", customers=50, seed=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", [{"customers": 100}, {"seed": 1}])
def test_size_and_seed_mean_nothing_for_a_packaged_sample(tmp_path: Path, option: dict[str, int]) -> None:
    with pytest.raises(TesseraError, match="means nothing for the sample completejourney"):
        put_sample("completejourney", tmp_path / "folder", **option)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_may_not_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "company").write_text("", encoding="utf-8")
    with pytest.raises(TesseraError, match="cannot be put into"):
        put_sample("company", tmp_path / "company", customers=50)


class TestCommand:
    def test_the_truth_lies_in_a_folder_of_its_own_in_the_home(self, tmp_path: Path) -> None:
        done = command("sample", "company", "--customers", "50", "--home", str(tmp_path), cwd=tmp_path, timeout=120)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "samples" / "company" / "tessera.yml").is_file()
        assert (tmp_path / "samples-truth" / "company" / "people.parquet").is_file()
        assert not list((tmp_path / "samples").rglob("*.parquet"))

    def test_beside_a_folder_of_ones_own_lies_its_truth(self, tmp_path: Path) -> None:
        size = ("--customers", "50", "--seed", "7")
        done = command("sample", "company", *size, "--into", str(tmp_path / "mine"), cwd=tmp_path, timeout=120)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "mine-truth" / "people.parquet").is_file()

    @pytest.mark.parametrize("value", ["many", "1.5", ""])
    def test_a_number_that_is_none_is_refused(self, tmp_path: Path, value: str) -> None:
        done = CliRunner().invoke(app, ["sample", "company", "--customers", value, "--home", str(tmp_path / "home")])
        assert done.exit_code == 2
        assert "--customers" in done.output
        assert list(tmp_path.iterdir()) == []
