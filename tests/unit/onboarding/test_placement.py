"""Where drafted files go: beside what is there, and never over it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from data_contracts.contract import load_contracts
from data_contracts.render import stale_files
from orchestration.onboarding.errors import OnboardingError
from tests.unit.onboarding.conftest import Drafter, put_project

ORDERS = "order_id,order_date,total\no1,2024-01-05,1.50\no2,2024-01-05,2.50\n"
STAGING = Path("dbt_project/models/staging")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that may be written to."""
    return put_project(tmp_path / "project")


def snapshot(project: Path) -> dict[Path, bytes]:
    return {path.relative_to(project): path.read_bytes() for path in project.rglob("*") if path.is_file()}


def test_a_draft_is_a_contract_a_model_a_test_and_the_generated_source(draft: Drafter, project: Path) -> None:
    before = snapshot(project)
    drafted = draft(ORDERS, project=project)
    assert snapshot(project) == before
    drafted.files.write()
    assert set(snapshot(project)) - set(before) == {
        Path("data_contracts/inbound/till__receipts.odcs.yaml"),
        STAGING / "till/_till__models.yml",
        STAGING / "till/_till__sources.yml",
        STAGING / "till/_till__unit_tests.yml",
        STAGING / "till/stg_till__receipts.sql",
    }
    assert {path: text for path, text in snapshot(project).items() if path in before} == before
    assert list(load_contracts(project / "data_contracts/inbound")) == ["till__receipts"]
    assert stale_files(project) == []


def test_a_second_table_is_added_to_the_lists_of_its_source(draft: Drafter, project: Path) -> None:
    draft(ORDERS, project=project).files.write()
    models = project / STAGING / "till/_till__models.yml"
    models.write_text("# Kept.\n" + models.read_text(encoding="utf-8"), encoding="utf-8")
    before = models.read_text(encoding="utf-8")
    draft("card,email\n1,a@x.test\n2,b@x.test\n", name="till__cards", project=project).files.write()
    assert models.read_text(encoding="utf-8").startswith(before.rstrip())
    names = [item["name"] for item in yaml.safe_load(models.read_text(encoding="utf-8"))["models"]]
    assert names == ["stg_till__receipts", "stg_till__cards"]
    tests = yaml.safe_load((project / STAGING / "till/_till__unit_tests.yml").read_text(encoding="utf-8"))
    assert [item["model"] for item in tests["unit_tests"]] == names
    assert stale_files(project) == []


def test_what_exists_is_never_written_over(draft: Drafter, project: Path) -> None:
    draft(ORDERS, project=project).files.write()
    before = snapshot(project)
    with pytest.raises(OnboardingError, match="till__receipts exists already"):
        draft(ORDERS, project=project)
    assert snapshot(project) == before


def test_a_list_that_cannot_be_added_to_is_left_alone(draft: Drafter, project: Path) -> None:
    folder = project / STAGING / "till"
    folder.mkdir(parents=True)
    (folder / "_till__models.yml").write_text("models: []\nversion: 2\n", encoding="utf-8")
    with pytest.raises(OnboardingError, match="cannot be added to it"):
        draft(ORDERS, project=project)
    assert [path.name for path in folder.iterdir()] == ["_till__models.yml"]


def test_a_draft_that_cannot_be_written_leaves_nothing_behind(draft: Drafter, project: Path) -> None:
    drafted = draft(ORDERS, project=project)
    # Meanwhile somebody else has made the last of the files.
    late = project / list(drafted.files.new)[-1]
    late.parent.mkdir(parents=True)
    late.write_text("theirs", encoding="utf-8")
    before = snapshot(project)
    with pytest.raises(OnboardingError, match="could not be written"):
        drafted.files.write()
    assert snapshot(project) == before


@pytest.mark.parametrize(
    "name", ["receipts", "till__", "Till__receipts", "till__receipts__x", "till_2__receipts", "ml__x"]
)
def test_a_name_that_breaks_the_projects_rules_is_refused(draft: Drafter, name: str) -> None:
    with pytest.raises(OnboardingError, match="cannot be the name of a contract"):
        draft(ORDERS, name=name)


def test_a_folder_that_is_no_project_is_refused(draft: Drafter, tmp_path: Path) -> None:
    with pytest.raises(OnboardingError, match="is not a project"):
        draft(ORDERS, project=tmp_path / "empty")
