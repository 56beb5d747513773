"""Reading back what ``to_parameters()`` wrote: another document and a damaged one are told apart, in the same words.

Belongs here: the errors around reading. Does not belong here: what stands in a model's document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ml.errors import ParameterFormatError


@contextmanager
def reading_parameters(
    parameters: Mapping[str, Any], *, owner: str, format_name: str, format_version: int
) -> Iterator[None]:
    """Check the document's format, and tell whatever goes wrong inside as damage to it.

    Args:
        parameters: The document.
        owner: Name of the model, for the error text.
        format_name: Format that the model writes.
        format_version: Version of it that the model reads.

    Raises:
        ParameterFormatError: The document is not one of this format and version, or is damaged.
    """
    found = (parameters.get("format"), parameters.get("format_version"))
    if found != (format_name, format_version):
        raise ParameterFormatError(
            f"{owner}: these are not its parameters",
            expected=f"format {format_name!r}, version {format_version}",
            found=f"format {found[0]!r}, version {found[1]!r}",
            fix="pass a document written by to_parameters(), or fit again without the previous version",
        )
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ParameterFormatError(
            f"{owner}: the parameters are damaged",
            expected="the complete document written by to_parameters()",
            found=f"{type(error).__name__}: {error}",
            fix="take the document from a published version again, or fit anew",
        ) from error
