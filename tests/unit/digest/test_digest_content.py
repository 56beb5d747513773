"""What a digest says is what the marts say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.digest.compose import digest_of
from orchestration.digest.content import Chapter, Digest
from orchestration.digest.files import read_digest, write_digest
from orchestration.digest.plain import as_text
from orchestration.digest.reading import Edition, served_edition
from orchestration.errors import TesseraError
from orchestration.publishing.version_store import VersionStore
from tests.support import digested
from tests.support.digested import ABOUT, edition
from tests.support.explored import Rows

NEEDED, MOVED, RESULTS, CHECKS, MODELS = range(5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return digested.write(tmp_path_factory.mktemp("digested"))


@pytest.fixture(scope="module")
def tonight(folder: Path) -> Edition:
    return edition(folder)


@pytest.fixture(scope="module")
def digest(tonight: Edition) -> Digest:
    return digest_of(tonight, None, ABOUT)


def texts(chapter: Chapter) -> list[str]:
    return [line.text for line in chapter.lines]


def asked(folder: Path, query: str) -> tuple[object, ...]:
    with duckdb.connect() as con:
        for file in folder.glob("*.parquet"):
            con.execute(f"create view {file.stem} as from '{file}'")
        return con.execute(query).fetchone()


def changed(folder: Path, **over: object) -> Edition:
    """The marts with one row of one mart changed."""
    mart, column = str(over.pop("mart")), str(over.pop("column"))
    value, where = over.pop("value"), over.pop("where", lambda row: True)

    def change(name: str, rows: Rows) -> Rows:
        return [{**row, column: value} if name == mart and where(row) else row for row in rows]

    return edition(digested.write(folder, change=change))


def test_the_headline_is_of_the_customers(folder: Path, digest: Digest) -> None:
    customers, active, revenue = asked(
        folder,
        "select count(*), count(*) filter (where order_365d_count > 0), sum(net_revenue_365d_amount) from customers",
    )
    assert digest.headline[0].startswith(f"{customers:,} customers; {active:,} of them ordered in the past year")
    assert digest.headline[0].endswith(f"brought €{revenue:,.0f} of net revenue.")
    assert (digest.facts["customers"], digest.facts["net_revenue_365d"]) == (customers, float(revenue))


def test_the_first_version_is_compared_with_nothing_and_says_so(digest: Digest) -> None:
    assert "no earlier version" in digest.headline[1]
    assert digest.facts["version_before"] is None


def test_another_night_is_compared_with_the_version_served_before(tonight: Edition) -> None:
    before = replace(tonight, version="v000006", totals={"customers": 380.0, "net_revenue_365d": 20_000.0})
    told = digest_of(tonight, before, ABOUT)
    assert "against v000006" in told.headline[1]
    assert "+20 customers, -€1,298 net revenue of a year" in told.headline[1]


def test_what_moved_adds_up_to_the_transitions(folder: Path, digest: Digest) -> None:
    (line,) = [text for text in texts(digest.chapters[MOVED]) if text.startswith("Champions")]
    steps = "segment_transitions where scheme = 'rfm'"
    now, was, left = asked(
        folder,
        f"select sum(customers_count) filter (where to_segment_code = 'champions'), "
        f"sum(customers_count) filter (where from_segment_code = 'champions'), "
        f"sum(case when to_segment_code = 'champions' then -margin_before_amount else margin_before_amount end) "
        f"filter (where (from_segment_code = 'champions') <> (to_segment_code = 'champions')) from {steps}",
    )
    assert f"shrank by {was - now} to {now} customers" in line
    parts = [int(sign) for sign in re.findall(r"([-+]\d+) ", line)]
    assert sum(parts) == now - was
    assert f"took away €{left:,.0f} of a year's margin" in line


def test_every_segment_s_causes_add_up_to_its_change(tonight: Edition) -> None:
    assert len(tonight.rows["moves"]) == 3
    for row in tonight.rows["moves"]:
        causes = row["changed_count"] + row["boundary_count"] + row["entered_count"]
        assert row["now_count"] - row["before_count"] == causes


def test_growth_and_loss_are_both_told_and_only_one_segment_of_a_scheme_each(digest: Digest) -> None:
    told = texts(digest.chapters[MOVED])
    assert ["grew" in text for text in told] == [True, False]
    assert digest.chapters[MOVED].more == 1
    assert "since 31 May 2026" in digest.chapters[MOVED].title


def test_a_part_of_fewer_customers_than_may_be_told_is_told_in_words(tmp_path: Path) -> None:
    small = changed(
        tmp_path,
        mart="segment_transitions",
        column="boundary_moved_count",
        value=4,
        where=lambda row: row["boundary_moved_count"] == 15,
    )
    small = replace(small, rows={**small.rows, "moves": tuple(_with_sums(row) for row in small.rows["moves"])})
    (line,) = [text for text in texts(digest_of(small, None, ABOUT).chapters[MOVED]) if text.startswith("Champions")]
    assert "mostly because customers changed" in line
    assert not re.search(r"[-+]\d", line)


def _with_sums(row: dict[str, object]) -> dict[str, object]:
    change = row["now_count"] - row["before_count"]
    return {**row, "changed_count": change - row["boundary_count"] - row["entered_count"]}


def test_a_change_of_few_customers_is_not_told(tonight: Edition) -> None:
    told = digest_of(tonight, None, replace(ABOUT, minimum_cell_customers=1000))
    assert texts(told.chapters[MOVED]) == ["No segment grew or shrank by enough customers to tell."]
    assert not any("customers found none" in text for text in texts(told.chapters[NEEDED]))
    (launched,) = [text for text in texts(told.chapters[NEEDED]) if "launched tonight" in text]
    assert "fewer than 1,000 customers" in launched


def test_missed_targets_come_before_what_got_worse_and_one_good_result_has_a_place(digest: Digest) -> None:
    chapter = digest.chapters[RESULTS]
    assert chapter.title == "Results of segments: 1 missed target, 5 got worse, 1 got better"
    assert texts(chapter) == [
        "Target missed: GOAL of Loyal is 61%, wanted at least 80%.",
        "worse 5 of Loyal changed in June 2026.",
        "worse 4 of Loyal changed in June 2026.",
        "better of Loyal changed in June 2026.",
    ]
    assert chapter.more == 3
    assert "calm" not in as_text(digest)


def test_checks_are_told_with_number_question_and_since_when(digest: Digest) -> None:
    chapter = digest.chapters[CHECKS]
    assert chapter.title == "Checks: 2 of 6 passed"
    assert texts(chapter) == [
        "Do sums fit? No. (2 found)",
        "Did Shop: orders arrive as it should? The newest event is of 2026-06-01. (warns since 30 Apr 2026)",
    ]


def test_a_check_that_passed_in_the_version_before_warns_anew(tonight: Edition) -> None:
    rows = tuple(
        {**row, "status": "pass"} if row["check_name"] == "assert_sums_fit" else row for row in tonight.rows["checks"]
    )
    before = replace(tonight, rows={**tonight.rows, "checks": rows})
    told = texts(digest_of(tonight, before, ABOUT).chapters[CHECKS])
    assert told[0] == "Do sums fit? No. (2 found, new tonight)"
    assert "new tonight" not in told[1]


def test_every_action_has_a_command_or_a_page(digest: Digest) -> None:
    chapter = digest.chapters[NEEDED]
    assert len(chapter.lines) == 8
    assert chapter.more == 0
    assert all((line.command is None) != (line.page is None) for line in chapter.lines)
    assert [line.command for line in chapter.lines if line.command] == [
        "tessera audiences",
        "tessera audiences export launched",
        "tessera audiences",
        "tessera quarantine show shop__orders",
        "tessera identity review",
    ]


def test_a_campaign_is_named_when_it_begins_soon_and_not_when_it_is_far_or_has_run_for_long(digest: Digest) -> None:
    told = " ".join(texts(digest.chapters[NEEDED]))
    assert all(name in told for name in ("Campaign Late ", "Campaign Launched ", "Campaign Coming "))
    assert "Campaign Far" not in told
    assert "Campaign Old" not in told


def test_a_campaign_s_key_cannot_become_a_command_of_its_own(tmp_path: Path) -> None:
    hostile = changed(
        tmp_path,
        mart="audience_sizes",
        column="campaign_id",
        value="x; rm -rf $HOME",
        where=lambda row: row["campaign_id"] == "launched",
    )
    commands = [line.command for line in digest_of(hostile, None, ABOUT).chapters[NEEDED].lines]
    assert "tessera audiences export 'x; rm -rf $HOME'" in commands


def test_nothing_to_do_is_said_as_well(tonight: Edition) -> None:
    empty = dict.fromkeys(tonight.rows, ())
    calm = replace(tonight, rows=empty, models={}, decisions={})
    told = digest_of(calm, calm, ABOUT)
    assert [texts(chapter)[0] for chapter in told.chapters] == [
        "Nothing tonight.",
        "No segment grew or shrank by enough customers to tell.",
        "No result changed by more than chance, no target is missed.",
        "No check warned.",
        "No model changed, and the same ways of segmenting are there.",
    ]


def test_models_and_schemes_that_changed_are_named(tonight: Edition) -> None:
    schemes = tuple(
        {**row, "status": "not_available" if row["scheme"] == "rfm" else "available"}
        for row in tonight.rows["segmentation_schemes"]
    )
    before = replace(
        tonight,
        rows={**tonight.rows, "segmentation_schemes": schemes},
        models={"return": "zzzz", "clusters": "bbbb", "needs": "cccc"},
        decisions={**tonight.decisions, "value_90d": ("promoted", "it was good")},
    )
    chapter = digest_of(tonight, before, ABOUT).chapters[MODELS]
    assert texts(chapter) == [
        "Combined is no longer available: no cross is better yet.",
        "RFM is available now.",
        "The model value 90d is not published, the simple baseline is: As told.",
    ]
    assert chapter.more == 2
    same = digest_of(tonight, replace(before, rows=tonight.rows, decisions=tonight.decisions), ABOUT).chapters[MODELS]
    assert texts(same) == ["Learnt anew: return.", "No longer in use: needs."]


def test_it_fits_on_one_screen_however_much_there_is_to_tell(tonight: Edition) -> None:
    def long_names(row: dict[str, object]) -> dict[str, object]:
        return {name: str(value) * 30 if name.endswith("_name") else value for name, value in row.items()}

    long = {name: tuple(long_names(row) for row in rows) * 40 for name, rows in tonight.rows.items()}
    told = as_text(digest_of(replace(tonight, rows=long), None, ABOUT))
    assert len(told.splitlines()) <= 45
    assert max(map(len, told.splitlines())) < 400


def test_more_than_is_shown_is_counted(tonight: Edition) -> None:
    many = {**tonight.rows, "kpi_alerts": tonight.rows["kpi_alerts"] * 3}
    chapter = digest_of(replace(tonight, rows=many), None, ABOUT).chapters[RESULTS]
    assert chapter.more + len(chapter.lines) == 21
    assert chapter.ending == "and 17 more in the explorer: Results over time"


@pytest.mark.parametrize(
    ("locale", "told"), [("de-DE", "18.702\u00a0€"), ("fr-FR", "18\u202f702\u00a0€"), ("xx-YY", "€18,702")]
)
def test_numbers_are_written_in_the_company_s_language(tonight: Edition, locale: str, told: str) -> None:
    assert told in digest_of(tonight, None, replace(ABOUT, locale=locale)).headline[0]


def test_the_same_marts_give_the_same_digest_and_rows_in_another_order_too(tmp_path: Path, digest: Digest) -> None:
    turned = edition(digested.write(tmp_path, change=lambda _, rows: rows[::-1]))
    assert digest_of(turned, None, ABOUT) == digest


def test_marts_that_are_not_there_leave_their_chapter_empty(tmp_path: Path) -> None:
    optional = {
        "kpi_alerts",
        "data_quality",
        "audience_sizes",
        "treatment_rules",
        "model_metrics",
        "segment_transitions",
    }
    bare = edition(digested.write(tmp_path, change=lambda name, rows: None if name in optional else rows))
    assert texts(digest_of(bare, None, ABOUT).chapters[NEEDED]) == ["Nothing tonight."]


def test_without_segments_there_is_no_digest(tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="nothing to tell"):
        edition(digested.write(tmp_path, change=lambda name, rows: None if name == "segment_profiles" else rows))


def test_a_served_version_that_is_damaged_is_as_none(tmp_path: Path) -> None:
    assert served_edition(VersionStore(tmp_path)) is None
    (tmp_path / "v000001").mkdir()
    (tmp_path / "current").symlink_to("v000001")
    assert served_edition(VersionStore(tmp_path)) is None


def test_what_is_written_is_read_again(tmp_path: Path, digest: Digest) -> None:
    write_digest(tmp_path, digest)
    assert read_digest(tmp_path) == digest
    assert {path.name for path in tmp_path.iterdir()} == {"digest.md", "digest.html", "digest.json"}


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"title": 1, "chapters": [{}]}', '{"chapters": 3}'])
def test_a_digest_that_cannot_be_read_is_told_plainly(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "digest.json").write_text(text, encoding="utf-8")
    with pytest.raises(TesseraError, match="no digest that can be read"):
        read_digest(tmp_path)
