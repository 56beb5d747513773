"""What an entry under sources may say, and what cannot go together, each with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.configuration.secrets import Secret, read_secret
from orchestration.configuration.source_settings import Source
from orchestration.errors import TesseraError
from tests.support.deployments import line_of, write_config

FILES = "    files: [order_lines.csv]\n"
POSTGRES = "    postgres: {connection: SHOP_DSN, table: shop.order_lines, cursor: updated_at}\n"
REST = """\
    rest:
      url: https://api.example.com/v1/orders
      secret: API_KEY
      records: data.items
      paging: {kind: page, size: 100, size_parameter: per_page}
      cursor: {field: updated_at, parameter: since}
"""


def load(folder: Path, entry: str, *, more: str = "") -> Deployment:
    return load_deployment(write_config(folder, replace=[(FILES, entry)], more=more), folder / "home")


def refusal(folder: Path, entry: str) -> TesseraError:
    with pytest.raises(TesseraError) as caught:
        load(folder, entry)
    return caught.value


def source(**kind: Any) -> Source:
    return Source.model_validate({"contract": "transactions__order_lines", **kind})


@pytest.mark.parametrize("entry", [POSTGRES, REST])
def test_a_database_or_an_api_is_a_source_like_files(tmp_path: Path, entry: str) -> None:
    (found,) = load(tmp_path, entry).sources_on["transactions__order_lines"]
    assert found.cursor == "updated_at"
    assert not found.is_snapshot


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("", "exactly one of files, postgres or rest; there is none of them"),
        (FILES + POSTGRES, "there is files and postgres"),
        (POSTGRES.replace("cursor", "cursr"), "cursr: there is no such key; write one of connection, table, cursor"),
        (REST.replace("kind: page", "knd: page"), "knd: there is no such key; write one of kind, parameter, path"),
        (POSTGRES.replace("shop.order_lines", "a.b.c"), "a table as schema.table or table"),
        (POSTGRES.replace("shop.order_lines", "'lines; drop'"), "a table as schema.table or table"),
        (POSTGRES.replace("cursor: updated_at", "cursor: 'a b'"), "the name of one column"),
        (POSTGRES.replace("cursor:", "chunk_rows: 0, cursor:"), "greater than or equal to 1"),
        (POSTGRES.replace("cursor:", "overlap_minutes: -1, cursor:"), "greater than or equal to 0"),
        (POSTGRES + "    delivery: snapshot\n", "a snapshot is the whole table and needs no cursor"),
        (
            POSTGRES.replace(", cursor: updated_at", "") + "    delivery: increment\n",
            "increments of a table need a cursor",
        ),
        (POSTGRES + "    delivery: sometimes\n", "'increment' or 'snapshot'"),
        (POSTGRES + "    delimiter: ';'\n", "delimiter is for files only"),
        (REST + "    sheet: Orders\n", "sheet is for files only"),
        (POSTGRES + "    date_format: dd.MM.yyyy\n", "date_format is for files and APIs"),
        (FILES + "    max_snapshot_drop_share: 2\n", "less than or equal to 1"),
        (REST.replace("https://", "http://"), "write https"),
        (REST.replace("https://", "ftp://"), "write an address such as https://"),
        (REST.replace("/v1/orders", "/v1/orders?state=all"), "under parameters"),
        (REST.replace("https://", "https://me:pw@"), "must not hold a user or password"),
        (REST.replace("kind: page", "kind: offset").replace("size: 100, ", ""), "write the size of a page"),
        (REST.replace("kind: page", "kind: cursor"), "write the path of the answer's next cursor"),
        (REST.replace("kind: page", "kind: none, path: a"), "path means nothing for kind: none"),
        (REST + "      auth: header\n", "auth: header and the header's name go together"),
        (REST + "      header: X-Api-Key\n", "auth: header and the header's name go together"),
        (REST + "      parameters: {api_key: abc}\n", "api_key looks like a secret"),
        (REST + "      max_pages: 0\n", "greater than or equal to 1"),
        (REST + "      verify: false\n", "verify: there is no such key"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, entry: str, told: str) -> None:
    error = refusal(tmp_path, entry)
    assert told in error.found
    assert "line " in error.found


@pytest.mark.parametrize(
    "secret",
    [
        "postgresql://me:hunter2@db/shop",
        "host=db password=hunter2",
        "hunter2 with spaces",
        "Bearer_hunter2==",
        "hunter2-3f9a",
        "",
    ],
)
@pytest.mark.parametrize("entry", [POSTGRES, REST])
def test_a_secret_in_place_of_its_name_is_refused_and_not_repeated(tmp_path: Path, entry: str, secret: str) -> None:
    name = "SHOP_DSN" if entry is POSTGRES else "API_KEY"
    error = refusal(tmp_path, entry.replace(name, f"'{secret}'"))
    assert "write the NAME of an environment variable" in error.found
    chain = f"{error} {error.__cause__!r} {error.__cause__} {error.__context__}"
    assert "hunter2" not in chain
    assert f"line {line_of(tmp_path / 'tessera.yml', secret)}" in error.found or not secret


@given(st.text(max_size=40))
def test_only_names_of_variables_are_names(text: str) -> None:
    plain = bool(text) and text.isascii() and text.replace("_", "a").isalnum() and not text[0].isdigit()
    try:
        source(postgres={"connection": text, "table": "a"})
        accepted = True
    except ValidationError:
        accepted = False
    assert accepted is plain


class TestOrigins:
    def test_they_tell_places_apart_and_hold_no_parameters(self) -> None:
        rest = {"url": "https://api.example.com/a"}
        sources = [
            source(postgres={"connection": "A", "table": "t"}),
            source(postgres={"connection": "B", "table": "t"}),
            source(postgres={"connection": "A", "table": "t", "cursor": "c"}),
            source(rest=rest),
            source(rest={**rest, "parameters": {"survey": "one"}}),
            source(rest={**rest, "parameters": {"survey": "two"}}),
            source(files=["a.csv"]),
            source(files=["b.csv"]),
        ]
        assert len({found.origin for found in sources}) == len(sources)
        assert sources[2].origin == "postgres A t by c"
        assert "survey" not in sources[4].origin

    def test_how_much_is_read_at_once_does_not_change_them(self) -> None:
        small = source(postgres={"connection": "A", "table": "t", "cursor": "c", "chunk_rows": 5})
        large = source(postgres={"connection": "A", "table": "t", "cursor": "c", "overlap_minutes": 5})
        assert small.origin == large.origin

    def test_one_place_twice_is_refused(self, tmp_path: Path) -> None:
        again = f"  - contract: transactions__order_lines\n{POSTGRES}"
        with pytest.raises(TesseraError, match="read from the same place twice") as caught:
            load(tmp_path, POSTGRES, more=again)
        assert f"line {line_of(tmp_path / 'tessera.yml', 'contract') + 2}" in caught.value.what


class TestDeliveries:
    def test_a_table_without_a_cursor_is_a_snapshot(self) -> None:
        assert source(postgres={"connection": "A", "table": "t"}).is_snapshot
        assert not source(rest={"url": "https://api.example.com"}).is_snapshot
        assert not source(files=["a.csv"]).is_snapshot

    def test_of_files_that_are_snapshots_only_the_last_by_name_is_read(self, tmp_path: Path) -> None:
        for name in ("day_2.csv", "day_1.csv"):
            (tmp_path / name).touch()
        deployment = load(tmp_path, "    files: [day_2.csv, day_1.csv]\n    delivery: snapshot\n")
        assert deployment.files_of(deployment.settings.sources[0]) == [tmp_path / "day_2.csv"]

    def test_increments_of_a_contract_without_a_key_are_refused(self, tmp_path: Path) -> None:
        deployment = load(tmp_path, POSTGRES)
        keyless = next(name for name, contract in deployment.inbound.items() if not contract.primary_key)
        more = f"  - contract: {keyless}\n{POSTGRES}"
        with pytest.raises(TesseraError, match=f"source {keyless}: its contract has no primary key"):
            load(tmp_path, POSTGRES, more=more)
        load(tmp_path, POSTGRES, more=more.replace(", cursor: updated_at", ""))


class TestCheck:
    @pytest.mark.parametrize(("entry", "name"), [(POSTGRES, "SHOP_DSN"), (REST, "API_KEY")])
    def test_the_secret_must_be_set_and_nothing_is_connected(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str, name: str
    ) -> None:
        monkeypatch.delenv(name, raising=False)
        deployment = load(tmp_path, entry)
        (found,) = deployment.settings.sources
        with pytest.raises(TesseraError, match=f"the environment variable {name} is not set"):
            deployment.check_source(found)
        monkeypatch.setenv(name, "postgresql://nobody@192.0.2.1/never")
        monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("it connected"))
        deployment.check_source(found)

    def test_files_are_still_looked_for(self, tmp_path: Path) -> None:
        deployment = load(tmp_path, FILES)
        with pytest.raises(TesseraError, match=r"order_lines\.csv does not exist"):
            deployment.check_source(deployment.settings.sources[0])


class TestSecrets:
    def test_a_secret_shows_its_name_only(self) -> None:
        secret = read_secret("KEY", wanted_by="a", environment={"KEY": " abc \n"}).with_parts(["b", ""])
        assert secret.value == "abc"
        assert "abc" not in repr(secret)
        assert secret.hide("abc and b") == "*** and ***"

    @pytest.mark.parametrize("value", [None, "", "  \n"])
    def test_blanks_are_no_secret(self, value: str | None) -> None:
        with pytest.raises(TesseraError, match="KEY is not set"):
            read_secret("KEY", wanted_by="a", environment={} if value is None else {"KEY": value})

    def test_the_whole_is_hidden_before_its_parts(self) -> None:
        assert Secret("K", "user:word", ("word",)).hide("user:word, word") == "***, ***"
