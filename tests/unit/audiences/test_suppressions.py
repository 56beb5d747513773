"""Who is on the list of suppressions is found however they write themselves, and a list that is wrong names nobody."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.audiences.suppressions import SuppressionList, find_suppressed, read_suppressions
from orchestration.errors import TesseraError

SECRET = "ann.secret@mail.example"


def written(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    file = folder / "suppressions.csv"
    file.write_bytes(content.encode(encoding))
    return file


def found(listed: SuppressionList) -> dict[str, str]:
    with duckdb.connect() as con:
        con.execute(
            """
            create schema identity;
            create table identity.int_identity__contact_points as from (values
                ('c_ann', 'hubspot:1', 'ann@mail.example', '+491761234567'),
                ('c_ann', 'shop:7', 'annsecond@gmail.com', null),
                ('c_bea', 'hubspot:2', 'bea@mail.example', '+493012345678'),
                ('c_cem', 'hubspot:3', null, null)
            ) as points (customer_id, customer_ref, mailbox, phone_number)
            """
        )
        return dict(zip(*find_suppressed(con, listed).to_pydict().values(), strict=True))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("email\n Ann+News@Mail.Example \n", {"c_ann": "email"}),
        ("email,reason\nann.second@googlemail.com,asked us to\n", {"c_ann": "email"}),
        ("phone\n0049 (176) 123-4567\n", {"c_ann": "phone"}),
        ("customer_ref;note\nhubspot:3;by letter\n", {"c_cem": "customer_ref"}),
        ("customer_id\nc_bea\n", {"c_bea": "customer_id"}),
        ("\ufeffEmail,Phone\nann@mail.example,\n,+49 30 12345678\n", {"c_ann": "email", "c_bea": "phone"}),
        ("email,customer_id\nnobody@mail.example,c_ann\nann@mail.example,c_ann\n", {"c_ann": "email"}),
        ("email\n", {}),
        ('email,reason\n"ann@mail.example","two\nlines"\n', {"c_ann": "email"}),
    ],
)
def test_whoever_is_named_is_found(tmp_path: Path, content: str, expected: dict[str, str]) -> None:
    assert found(read_suppressions(written(tmp_path, content))) == expected


def test_without_a_list_nobody_is(tmp_path: Path) -> None:
    assert read_suppressions(None).entries == 0
    assert found(read_suppressions(None)) == {}


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        (f"mail\n{SECRET}\n", 1, "it is no header"),
        ("", 1, "it is no header"),
        (f"email,Email\n{SECRET},{SECRET}\n", 1, "a column is there twice"),
        (f"email\nok@mail.example\n{SECRET.replace('@', '(at)')}\n", 3, "no e-mail address"),
        ("phone\n0176 7654321\n", 2, "no international number"),
        (f"email,phone\n{SECRET}\n", 2, "more or fewer values"),
        (f"email\n{SECRET},more\n", 2, "more or fewer values"),
        ("email,phone\n,\n", 2, "names nobody"),
        (f'email\n"{SECRET}\n', 2, "no line of CSV"),
    ],
)
def test_a_line_that_names_nobody_stops_the_list_and_is_not_repeated(
    tmp_path: Path, content: str, line: int, told: str
) -> None:
    with pytest.raises(TesseraError) as caught:
        read_suppressions(written(tmp_path, content))
    assert f"line {line}" in caught.value.what
    assert told in caught.value.found
    assert "nothing of the list was taken" in caught.value.fix
    assert "secret" not in str(caught.value)
    assert "7654321" not in str(caught.value)


def test_a_list_that_is_not_there_or_not_utf_8_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="no such file"):
        read_suppressions(tmp_path / "missing.csv")
    with pytest.raises(TesseraError, match="save it as CSV UTF-8"):
        read_suppressions(written(tmp_path, "email\nmüller@mail.example\n", encoding="latin-1"))
