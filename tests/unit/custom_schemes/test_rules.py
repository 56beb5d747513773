"""What is wrong with a rule is told with its line, what was expected, what was found and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.custom_schemes.compiled import compile_schemes
from orchestration.configuration.deployment import load_deployment
from orchestration.configuration.settings import Settings
from orchestration.configuration.yaml_file import read_yaml_file
from orchestration.errors import TesseraError
from tests.support.deployments import CUSTOM_SCHEMES, line_of, write_config

SCHEME = """\
custom_schemes:
  food_delivery:
    description: Who orders to the door?
    rules:
      - segment: regulars
        when:
          order_days_90d_count: ">= 10"
          country: [DE, AT]
      - segment: lapsed
        name: Gone quiet
        when:
          any:
            - days_since_last_order: "> 60"
            - days_since_last_order: unknown
    otherwise: others
"""


def compile_file(config: Path) -> tuple[dict[str, Any], ...]:
    """What loading the deployment does with the section, without the contracts, which take longer."""
    file = read_yaml_file(config)
    settings = Settings.model_validate(file.content)
    return compile_schemes(settings.custom_schemes, catalogued={"rfm": "RFM"}, file=file)


def refusal(folder: Path, old: str, new: str) -> tuple[Path, TesseraError]:
    assert old in SCHEME
    config = write_config(folder, more=SCHEME.replace(old, new))
    with pytest.raises(TesseraError) as caught:
        compile_file(config)
    return config, caught.value


def test_the_scheme_of_these_tests_is_a_good_one(tmp_path: Path) -> None:
    (scheme,) = compile_file(write_config(tmp_path, more=SCHEME))
    assert [segment["segment_name"] for segment in scheme["segments"]] == ["Regulars", "Gone quiet", "Others"]
    assert scheme["scheme_name"] == "Food delivery"


@pytest.mark.parametrize(
    ("old", "new", "at", "told"),
    [
        ("order_days_90d_count", "order_days_90_count", "order_days_90_count", "there is no feature"),
        ("            - days_since_last_order: unknown", "            - country: 5", "- country: 5", "cannot be read"),
        ('">= 10"', '">= ten"', ">= ten", "the condition on order_days_90d_count cannot be read"),
        ("otherwise: others", "otherwise: unknown", "otherwise", "no segment may be called unknown"),
        ("name: Gone quiet", "name: Unknown", "segment: lapsed", "no segment may be called unknown"),
        ("otherwise: others", "otherwise: lapsed", "otherwise", "two segments of the scheme have the same code"),
        ("name: Gone quiet", "name: REGULARS", "segment: lapsed", "two segments of the scheme have the same name"),
        ("food_delivery", "rfm", "  rfm:", "there is already a scheme rfm"),
        ("    description", "    name: Rfm\n    description", "food_delivery", "there is already a scheme rfm"),
        ('- days_since_last_order: "> 60"', "- any: [{country: DE}]", "- any:", "this is no alternative of any"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, at: str, told: str) -> None:
    config, error = refusal(tmp_path, old, new)
    assert f"{config} line {line_of(config, at)}: " in error.what
    assert told in error.what


def test_a_misspelt_feature_comes_with_those_it_may_have_meant(tmp_path: Path) -> None:
    _, error = refusal(tmp_path, "order_days_90d_count", "order_days_90_count")
    assert "did you mean order_days_90d_count" in error.fix


def test_a_condition_of_the_wrong_kind_comes_with_the_kinds_there_are(tmp_path: Path) -> None:
    _, error = refusal(tmp_path, "[DE, AT]", "NO")
    assert error.expected.startswith('a text, a list of texts, "not DE"')
    assert error.expected.endswith("country is varchar")
    assert error.found == "False"
    assert "NO, the code of Norway" in error.fix


@pytest.mark.parametrize("alternatives", ["[]", "{country: DE}", "DE"])
def test_alternatives_are_a_list_of_conditions(tmp_path: Path, alternatives: str) -> None:
    old = SCHEME[SCHEME.index("          any:") : SCHEME.index("    otherwise")]
    config, error = refusal(tmp_path, old, f"          any: {alternatives}\n")
    assert f"line {line_of(config, ' any:')}: any holds no alternatives" in error.what


def test_a_date_is_told_in_one_way_throughout_a_scheme(tmp_path: Path) -> None:
    old = SCHEME[SCHEME.index("          any:") : SCHEME.index("    otherwise")]
    config, error = refusal(
        tmp_path,
        old,
        '          last_order_date: "> 60 days ago"\n'
        "      - segment: recent\n        when: {last_order_date: '>= 2024-06-01'}\n",
    )
    assert f"line {line_of(config, 'segment: recent')}: last_order_date is told in dates and in days ago" in error.what
    assert f"days ago in the rule on line {line_of(config, 'segment: lapsed')}" in error.found


@pytest.mark.parametrize(
    ("old", "new", "at", "told"),
    [
        ("segment: lapsed", "segment: Gone Quiet", "Gone Quiet", "write a code of small letters"),
        ("  food_delivery:", "  Food Delivery:", "Food Delivery", "write a code of small letters"),
        ("segment: lapsed", "segmnt: lapsed", "segmnt", "there is no such key; write one of segment, name"),
        ("name: Gone quiet", 'name: "a\\nb"', "a\\nb", "write one line of text"),
        ("name: Gone quiet", f"name: {'x' * 201}", "xxx", "write one line of text of 1 to 200 characters"),
        ("name: Gone quiet", "colour: red", "colour: red", "six hexadecimal digits"),
        ("    otherwise: others\n", "    otherwise: []\n", "otherwise", "Input should be"),
        ("    description: Who orders to the door?\n", "", "food_delivery", "Field required"),
    ],
)
def test_the_form_of_the_section_is_checked_with_the_rest_of_the_file(
    tmp_path: Path, old: str, new: str, at: str, told: str
) -> None:
    assert old in SCHEME
    config = write_config(tmp_path, more=SCHEME.replace(old, new))
    with pytest.raises(TesseraError) as caught:
        load_deployment(config, tmp_path / "home")
    assert f"line {line_of(config, at)}: custom_schemes." in caught.value.found
    assert told in caught.value.found


def test_a_catalogued_scheme_keeps_its_name(tmp_path: Path) -> None:
    config = write_config(tmp_path, more=SCHEME.replace("food_delivery", "lifecycle"))
    with pytest.raises(TesseraError, match="there is already a scheme lifecycle"):
        load_deployment(config, tmp_path / "home")


def test_custom_schemes_are_enough_to_build(tmp_path: Path) -> None:
    catalogue = load_deployment(write_config(tmp_path), tmp_path / "home").catalog_schemes
    off = "schemes:\n" + "".join(f"  {scheme}: false\n" for scheme in catalogue)
    deployment = load_deployment(write_config(tmp_path, more=off + CUSTOM_SCHEMES), tmp_path / "home")
    assert deployment.schemes == ()
    assert [scheme["scheme"] for scheme in deployment.dbt_vars["custom_schemes"]] == [
        "food_delivery",
        "luxury_skincare",
    ]
