"""Tables as text, and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.explorer.encoding import columnar, script_json
from orchestration.explorer.reading import Table

texts = st.none() | st.text(max_size=5) | st.sampled_from(["</script>", "<!--", "\u2028", "a", "b"])
values = texts | st.integers(-5, 5) | st.booleans()


def unpacked(packed: Any) -> list[Any]:
    if isinstance(packed, dict):
        return [None if place is None else packed["words"][place] for place in packed["at"]]
    return list(packed)


@given(st.lists(st.tuples(texts, values), max_size=12))
def test_whatever_a_table_holds_comes_back(rows: list[tuple[Any, Any]]) -> None:
    text = script_json(columnar(Table(("one", "other"), tuple(rows))))
    read = json.loads(text)
    assert read["rows"] == len(rows)
    assert list(zip(unpacked(read["columns"]["one"]), unpacked(read["columns"]["other"]), strict=True)) == rows


@given(st.lists(texts))
def test_no_text_ends_the_script_it_stands_in(found: list[str | None]) -> None:
    assert not set("<>&\u2028\u2029") & set(script_json(found))


def test_repeated_words_are_told_once() -> None:
    packed = columnar(Table(("word",), (("champions",),) * 9))
    assert packed["columns"]["word"] == {"words": ["champions"], "at": [0] * 9}


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        script_json([float("nan")])
