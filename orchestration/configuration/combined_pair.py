"""Which two schemes the scheme ``combined`` is made of: what the served version says of the crosses.

Belongs here: reading the choice. Does not belong here: how crosses are judged and chosen (mart ``scheme_pairs``),
whether a deployment can still build both schemes (``deployment``).
"""

from __future__ import annotations

from pathlib import Path

COMBINED = "combined"
NO_PAIR = "no cross of two schemes explains more than the best single one yet"
_CHOSEN = "select first_scheme, second_scheme from scheme_pairs where is_chosen"


def served_pair(published: Path) -> tuple[str, ...]:
    """Return the codes of the two schemes that the served version has chosen, in order; nothing where there is none.

    Tonight's segments cannot ask tonight's scorecard, which knows what happened after them; what the last night proved
    holds for this one.

    Args:
        published: The folder of the published versions.
    """
    # The version itself and not the pointer, which may move meanwhile.
    marts = (published / "current").resolve() / "marts.duckdb"
    if not marts.is_file():
        return ()
    # Imported here because most commands of a home without a version need no database.
    import duckdb

    try:
        with duckdb.connect(str(marts), read_only=True) as connection:
            found = connection.execute(
                "select first_scheme, second_scheme from scheme_pairs where is_chosen"
            ).fetchone()
    except duckdb.Error:
        # A version from before there were crosses, or a damaged one: serving and checking versions tells of that, and a
        # night without a pair publishes the next one.
        return ()
    return tuple(sorted(found)) if found else ()
