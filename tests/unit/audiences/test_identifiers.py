"""Spellings and hashes are those that the platforms' own documentation prints."""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.audiences import identifiers
from orchestration.audiences.platforms import PLATFORMS, Contact

NOBODY = Contact("c_1", None, None, None, None, None, None)


def contact(**values: str) -> Contact:
    return replace(NOBODY, **values)


def field(platform: str, header: str, of: Contact) -> str | None:
    (found,) = (each for each in PLATFORMS[platform].fields if each.header == header)
    value = found.value(of)
    return identifiers.sha256(value) if found.is_hashed and value is not None else value


@pytest.mark.parametrize(
    ("header", "written", "printed"),
    [
        # Meta, Customer Information Parameters: inputs and "Expected SHA256 output".
        (
            "email",
            {"email": "John_Smith@gmail.com"},
            "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
        ),
        ("phone", {"phone": "+1 (650)555-1212"}, "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"),
        ("fn", {"first_name": "Mary"}, "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec"),
        ("fn", {"first_name": "정"}, "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14"),
        ("fn", {"first_name": "Valéry"}, "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c"),
    ],
)
def test_meta_gets_the_hashes_that_its_documentation_prints(header: str, written: dict[str, str], printed: str) -> None:
    spelled = {
        **written,
        **({"email": identifiers.email_address(written["email"])} if "email" in written else {}),
        **({"phone": identifiers.phone_number(written["phone"])} if "phone" in written else {}),
    }
    assert field("meta", header, contact(**spelled)) == printed


def test_tiktok_gets_the_hash_that_its_documentation_prints() -> None:
    # "Normalized: janedoe@gmail.com", and of its own list: nothing from a plus on.
    printed = "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69"
    for written in ("janedoe@gmail.com", "JaneDoe+news@Gmail.com "):
        address = identifiers.email_address(written)
        assert address is not None
        assert field("tiktok", "Email_SHA256", contact(email=address)) == printed
    assert identifiers.digits_only("+16577770000") == "16577770000"


@pytest.mark.parametrize(
    ("written", "normalised"),
    [
        # Google, Format user data.
        ("cloudy.sanfrancisco+shopping@gmail.com", "cloudysanfrancisco@gmail.com"),
        ("user.name+NYC@Example.com", "user.name+nyc@example.com"),
    ],
)
def test_google_gets_addresses_as_its_documentation_spells_them(written: str, normalised: str) -> None:
    address = identifiers.email_address(written)
    assert address is not None
    assert field("google", "Email", contact(email=address)) == hashlib.sha256(normalised.encode()).hexdigest()


def test_google_gets_numbers_with_their_plus_and_country_and_code_unhashed() -> None:
    assert identifiers.phone_number("+1 (800)555-0100") == "+18005550100"
    one = contact(phone="+18005550100", country_code="US", postal_code=" 94045-1234 ")
    assert field("google", "Phone", one) == hashlib.sha256(b"+18005550100").hexdigest()
    assert (field("google", "Country", one), field("google", "Zip", one)) == ("US", "94045-1234")


def test_meta_gets_codes_of_places_without_signs() -> None:
    assert identifiers.postal_code_without_signs("94045-1234", "US") == "94045"
    assert identifiers.postal_code_without_signs("M1 1AE", "GB") == "m11ae"
    assert identifiers.name_without_signs(" Anne-Marie O'Neill ") == "annemarie oneill"


@pytest.mark.parametrize(
    "written",
    ["", None, "nobody", "a@b", "=1+1@mail.example", "+a@mail.example", "-a@mail.example", "a b@mail.example",
     "a@mail..example", "a@@mail.example", "a,b@mail.example", "a@mail.example\n=1", "x" * 250 + "@m.example"],
)  # fmt: skip
def test_what_is_no_address_reaches_nobody(written: str | None) -> None:
    assert identifiers.email_address(written) is None


@pytest.mark.parametrize("written", ["", None, "0176 1234567", "+0176", "12", "+49 abc 1234567", "+" + "1" * 16])
def test_a_number_without_its_country_reaches_nobody(written: str | None) -> None:
    assert identifiers.phone_number(written) is None


def test_numbers_are_read_in_any_international_notation() -> None:
    for written in ("+49 176 1234567", "0049 (176) 123-4567", "+49/176.1234567"):
        assert identifiers.phone_number(written) == "+491761234567"


@settings(deadline=None)
@given(st.text())
def test_a_spelling_is_its_own_spelling_and_no_formula(written: str) -> None:
    address = identifiers.email_address(written)
    if address is not None:
        assert identifiers.email_address(address) == address
        assert re.match(r"\w", address)
    number = identifiers.phone_number(written)
    if number is not None:
        assert identifiers.phone_number(number) == number


LOCAL = st.text("abc.+_-1", min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(LOCAL, st.sampled_from(["gmail.com", "googlemail.com", "mail.example", "a.b.example"]))
def test_a_mailbox_is_the_one_that_matching_knows(local: str, domain: str) -> None:
    address = identifiers.email_address(f"{local}@{domain}")
    if address is None:
        return
    with duckdb.connect() as con:
        (known,) = con.execute(f"select {mailbox_key()}", [address]).fetchone() or (None,)
    # Of an address that is a note and nothing else matching says nothing.
    assert known in (None, identifiers.mailbox(address))


def mailbox_key() -> str:
    """The macro of the dbt project, for one parameter."""
    macros = (Path(__file__).parents[3] / "dbt_project" / "macros" / "contact_keys.sql").read_text(encoding="utf-8")
    body = macros.split("{% macro mailbox_key(email) -%}")[1].split("{%- endmacro %}")[0]
    return body.replace("{{ email }}", "cast(? as varchar)")


def test_every_platform_can_be_written_as_csv() -> None:
    for platform in PLATFORMS.values():
        headers = [each.header for each in platform.fields]
        assert next(csv.reader([",".join(headers)])) == headers
        assert any(each.reaches for each in platform.fields)
