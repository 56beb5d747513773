"""Company names for comparing: without legal form and article, and never without a name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FORMS = (
    "GmbH", "G.m.b.H.", "GmbH & Co. KG", "GmbH & Co. KGaA", "gGmbH", "AG", "A.G.", "SE", "SE & Co. KGaA", "UG",
    "UG (haftungsbeschränkt)", "e.K.", "e. K.", "e.V.", "e. V.", "OHG", "Ges.m.b.H.", "Ltd", "Ltd.", "Limited", "PLC",
    "LLP", "Inc.", ", Inc.", "Corp.", "Corporation", "LLC", "L.L.C.", "Co.", "& Co.", "& Company", "S.A.", "SAS",
    "SARL", "S.à r.l.", "S.r.l.", "S.p.A.", "B.V.", "N.V.", "BVBA", "S.L.", "S. L.", "AB", "A/S", "ApS", "Oy",
    "Sp. z o.o.", "s.r.o.", "Kft.", "d.o.o.", "Pty Ltd", "Pty. Ltd.",
)  # fmt: skip
WORDS = st.lists(
    st.sampled_from(["Linden", "Müller", "Söhne", "Group", "Haus", "24", "Nord", "Øst", "Čapek"]),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Müller & Söhne GmbH & Co. KG", "mueller soehne"),
        ("MUELLER + SOEHNE", "mueller soehne"),
        ("The Linden Group Ltd.", "linden group"),
        ("Les Halles SAS", "halles"),
        ("Tiffany & Co.", "tiffany"),
        # What looks like a form is one only at the end, and an article only in front.
        ("AG Wohnen", "ag wohnen"),
        ("Se Casa", "se casa"),
        ("Vente au Le Mans", "vente au le mans"),
        ("Theodor Linden", "theodor linden"),
        ("Montag", "montag"),
        # Forms one after another are all forms, a name of nothing else stays.
        ("Linden Holding Ltd. & Co. KG", "linden holding"),
        ("GmbH", "gmbh"),
        ("The Company", "company"),
        ("A. S.", "a s"),
        ("  ", None),
        ("", None),
        (None, None),
    ],
)
def test_one_company_one_key(each, written, expected) -> None:
    assert each("company_name_key", [written]) == [expected]


def test_no_legal_form_tells_companies_apart(each) -> None:
    written = [f"Linden & Loom {form}" for form in FORMS]
    found = dict(zip(written, each("company_name_key", written), strict=True))
    assert {name: key for name, key in found.items() if key != "linden loom"} == {}


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=10), st.sampled_from(FORMS), st.sampled_from(["", "The ", "Die ", "DER "]))
def test_a_form_behind_and_an_article_in_front_say_nothing(each, names, form, article) -> None:
    bare = [" ".join(words) for words in names]
    assert each("company_name_key", [f"{article}{name} {form}" for name in bare]) == each("company_name_key", bare)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text() | st.text("aG. &/-éß "), min_size=1, max_size=30))
def test_whatever_has_a_letter_has_a_key(each, texts) -> None:
    found = each("company_name_key", texts)
    assert [key is None for key in found] == [name is None for name in each("folded", texts)]
    assert all(key is None or (key and key == key.strip()) for key in found)
