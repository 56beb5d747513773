"""What the guides show works as it is written."""

from __future__ import annotations

import re
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
import yaml

from data_contracts.contract import SUFFIX
from orchestration.configuration.conditions.notation import read_condition
from orchestration.configuration.deployment import load_deployment
from orchestration.configuration.feature_catalog import feature_catalog
from orchestration.configuration.thresholds import default_thresholds
from orchestration.ingestion.csv_records import FAULTS
from orchestration.ingestion.lake import Lake
from orchestration.ingestion.loader import load_file
from orchestration.ingestion.quarantine import Quarantine
from orchestration.repository import ROOT
from scripts.dbt_model_sql import model_sql, project_macros
from tests.support.deployments import write_config

GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# Indexes of folders are named as the README is, which is the first.
GUIDES_TEXT = {guide.name: guide.read_text(encoding="utf-8") for guide in reversed(GUIDES)}


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_the_order_lines_of_the_guide_load_with_its_configuration(tmp_path: Path) -> None:
    (lines,) = blocks("docs/bring-your-data.md", "csv")
    (configuration,) = blocks("docs/bring-your-data.md", "yaml")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "orders_march.csv").write_text(lines, encoding="utf-8")
    (tmp_path / "tessera.yml").write_text(configuration, encoding="utf-8")
    deployment = load_deployment(tmp_path / "tessera.yml", tmp_path / "home")
    ((name, (source,)),) = deployment.sources_on.items()
    (file,) = deployment.files_of(source)
    with duckdb.connect() as connection:
        report = load_file(
            connection,
            deployment.inbound[name],
            file,
            lake=Lake(tmp_path / "lake"),
            quarantine=Quarantine(tmp_path / "quarantine"),
            loaded_at=datetime(2025, 3, 10, tzinfo=UTC),
        )
    assert (report.records, report.good, report.rejected) == (3, 3, 0)


def test_the_optional_settings_of_the_guide_exist(tmp_path: Path) -> None:
    (configuration,) = blocks("docs/bring-your-data.md", "yaml")
    # Comments that are settings: "# key: value" at the place where the key would stand.
    switched_on = re.sub(r"^(\s*)# (\w+: )", r"\1\2", configuration, flags=re.MULTILINE)
    assert yaml.safe_load(switched_on) != yaml.safe_load(configuration)
    (tmp_path / "tessera.yml").write_text(switched_on, encoding="utf-8")
    deployment = load_deployment(tmp_path / "tessera.yml", tmp_path / "home")
    assert deployment.settings.sources[0].delimiter == ";"
    assert str(deployment.settings.nights.last) == "2025-12-31"


def test_the_database_and_the_api_of_the_guide_are_valid_sources(tmp_path: Path) -> None:
    (sources,) = blocks("docs/databases-and-apis.md", "yaml")
    company = "company: {name: Guide, time_zone: Europe/Berlin, currency: EUR}\nnights: {first: 2025-01-31}\n"
    (tmp_path / "tessera.yml").write_text(company + sources, encoding="utf-8")
    deployment = load_deployment(tmp_path / "tessera.yml", tmp_path / "home")
    assert [source.secret for source in deployment.settings.sources] == ["SHOP_DSN", "DELIGHTED_KEY"]


def test_the_custom_schemes_of_the_guide_can_be_built(tmp_path: Path) -> None:
    written = [block for block in blocks("docs/extend.md", "yaml") if block.startswith("custom_schemes:")]
    for number, schemes in enumerate(written):
        config = write_config(tmp_path / str(number), more=schemes)
        (scheme,) = load_deployment(config, tmp_path / "home").custom_schemes
        assert [segment["segment_code"] for segment in scheme["segments"]][-1] in {"others", "guests"}
    assert len(written) == 2


def test_every_condition_of_the_guides_table_can_be_written() -> None:
    table = re.search(
        r"^\| type \| what to write \|\n.*?\n\n", GUIDES_TEXT["extend.md"], flags=re.MULTILINE | re.DOTALL
    )[0]
    features = {
        "number": "order_count",
        "share": "discount_365d_share",
        "text": "country",
        "date": "last_order_date",
        "any": "country",
    }
    read = 0
    for row in table.strip().splitlines()[2:]:
        kind, told = (cell.strip() for cell in row.strip("| ").split(" | ", maxsplit=1))
        feature = features.get(kind.split(" ")[0])
        for written in re.findall(r"`([^`]+)`", told) if feature else ():
            if written not in {"at least", "at most", "more than", "less than", "not"}:
                read_condition(yaml.safe_load(written), feature_catalog()[feature])
                read += 1
    assert read > 15


def test_the_reason_codes_of_the_guide_are_those_of_the_code() -> None:
    guide = (ROOT / "docs" / "quarantine.md").read_text(encoding="utf-8").split("## Look")[0]
    told = set(re.findall(r"`([a-z]+_[a-z_]+)`", guide))
    folders = (ROOT / "data_contracts", ROOT / "orchestration" / "ingestion")
    code = "\n".join(file.read_text(encoding="utf-8") for folder in folders for file in folder.glob("*.py"))
    assert {word for word in told if word not in code and not word.startswith("not_a")} == set()
    assert set(FAULTS) - {""} <= told
    # A fault is written as (test, "code") in SQL building, and as then 'code' in SQL.
    assert set(re.findall(r', "([a-z]+_[a-z_]+)"\)', (folders[0] / "column_sql.py").read_text("utf-8"))) <= told
    assert set(re.findall(r"then '([a-z]+_[a-z_]+)'", code)) <= told


def test_the_scheme_of_the_guide_runs() -> None:
    (indented,) = re.findall(r"^   ```sql\n(.*?)^   ```", (ROOT / "docs/extend.md").read_text("utf-8"), re.M | re.S)
    variables = {"schemes": ["spending"], "spending_big_amount": 100}
    scheme = model_sql(textwrap.dedent(indented), name="the guide", variables=variables, macros=project_macros())
    with duckdb.connect() as connection:
        connection.execute("create table as_of_dates as select date '2025-01-31' as as_of_date, true as is_tonight")
        connection.execute(
            "create table feat_customers__purchases as select *, date '2025-01-31' as as_of_date "
            "from (values ('ann', 100.01), ('ben', 100.00)) as purchases (customer_id, net_revenue_365d_amount)"
        )
        rows = connection.execute(scheme.text).fetchdf().set_index("customer_id")
    assert rows["segment_code"].to_dict() == {"ann": "big", "ben": "small"}
    assert rows.loc["ann", "reasons"][0]["value"] == "100.01"
    assert list(scheme.reads) == ["feat_customers__purchases", "as_of_dates"]


def test_the_scheme_of_the_readme_can_be_built(tmp_path: Path) -> None:
    (written,) = re.findall(r"^  ```yaml\n(.*?)^  ```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)
    config = write_config(tmp_path, more=textwrap.dedent(written))
    (scheme,) = load_deployment(config, tmp_path / "home").custom_schemes
    assert [segment["segment_code"] for segment in scheme["segments"]] == ["big", "small"]


def test_the_threshold_of_the_readme_exists() -> None:
    (name,) = re.findall(r"`thresholds: \{(\w+): \d+\}`", GUIDES_TEXT["README.md"])
    assert name in default_thresholds()


def test_the_readme_names_every_mart() -> None:
    marts = {path.name.removesuffix(SUFFIX) for path in (ROOT / "data_contracts" / "outbound").glob(f"*{SUFFIX}")}
    told = re.findall(r"`(\w+)`", README.split("## What you get")[1].split("## ")[0])
    assert marts - set(told) == set()


@pytest.mark.parametrize(("heading", "guide"), [("How good it is", "how-good-it-is.md"), ("What it costs", "costs.md")])
def test_the_figures_of_the_readme_are_those_of_the_guide(heading: str, guide: str) -> None:
    rows = [line for line in README.split(f"## {heading}\n")[1].split("\n## ")[0].splitlines() if line[:2] == "| "]
    told = set(re.findall(r"(?<![\w.])[\d,]*\.?\d+", " ".join(row.split("|", 2)[-1] for row in rows)))
    known = set(re.findall(r"(?<![\w.])[\d,]*\.?\d+", GUIDES_TEXT[guide]))
    assert len(told) > 5
    assert told - known == set()


def test_tests_that_guides_name_exist() -> None:
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    told = [name for text in GUIDES_TEXT.values() for name in re.findall(r"`((?:[\w/]*/)?test_\w+(?:\.py)?)`", text)]
    assert len(told) > 5
    files = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert [
        name
        for name in told
        if not (name.split("/")[-1] in files if name.endswith(".py") else f"def {name}(" in code)
        and not name.startswith("test_seg_customers__")
    ] == []
