"""The pages of an API, one after the other, and when to stop.

Belongs here: asking for the next page, and noticing an API that goes in circles. Does not belong here: single requests
(rest_session.py), records (rest.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from dlt.common import jsonpath
from dlt.sources.helpers.rest_client.client import PageData
from dlt.sources.helpers.rest_client.paginators import (
    BasePaginator,
    HeaderLinkPaginator,
    JSONLinkPaginator,
    JSONResponseCursorPaginator,
    OffsetPaginator,
    PageNumberPaginator,
    SinglePagePaginator,
)

from orchestration.configuration.source_settings import Paging, RestSource
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.exact_json import write_json
from orchestration.extraction.rest_session import ApiClient, check_answer, told


@dataclass(frozen=True)
class Page:
    """One answer.

    Attributes:
        records: In the answer's order.
        total: Records in all pages, as this answer tells; None when it does not.
        answered_at: The server's clock, or ours where it does not tell.
    """

    records: list[Any]
    total: int | None
    answered_at: datetime


def read_pages(client: ApiClient, source: RestSource, parameters: dict[str, Any], *, place: str) -> Iterator[Page]:
    """Ask for page after page.

    Args:
        client: Of this source.
        source: Its address and paging.
        parameters: Query parameters of the first page.
        place: The source, for messages.

    Raises:
        ExtractionError: An answer is missing or wrong, or pages repeat or do not end.
    """
    asked: set[str] = set()
    before = b""
    pages: Iterator[PageData[Any]] = client.paginate(
        source.url,
        params=parameters,
        paginator=_paginator(source.paging),
        data_selector="$",
        hooks={"response": [check_answer]},
    )
    while (page := _next(pages, source, place)) is not None:
        first = page.response.history[0] if page.response.history else page.response
        content = hashlib.sha256(write_json(list(page)).encode()).digest() if page else b""
        address = str(first.request.url)
        if address in asked or (content and content == before):
            raise ExtractionError(
                f"{place}: page {len(asked) + 1} repeats an earlier one",
                expected="every page once, then an end",
                found="the same address again" if address in asked else "the records of the page before",
                fix="correct paging: the API does not understand the parameter, or its next link leads back",
            )
        asked.add(address)
        before = content
        yield Page(list(page), _total(page, source.paging), _clock(page.response))
        if not page.paginator.has_next_page:
            return
        _check_next(page, source, read=len(asked), place=place)


def _next(pages: Iterator[PageData[Any]], source: RestSource, place: str) -> PageData[Any] | None:
    try:
        return next(pages, None)
    except requests.RequestException as error:
        raise told(error, source, place=place) from None
    except (ValueError, TypeError, AttributeError, KeyError):
        # dlt's paginators; their texts quote the whole answer.
        raise ExtractionError(
            f"{place}: the answer does not tell the next page",
            expected=f"what paging of kind {source.paging.kind} declares to find in it",
            found="nothing there, or a value of another kind",
            fix="correct the paths under paging",
        ) from None


def _check_next(page: PageData[Any], source: RestSource, *, read: int, place: str) -> None:
    home, following = _origin(source.url), _origin(str(page.request.url))
    if following != home:
        raise ExtractionError(
            f"{place}: the next page is on another host",
            expected=f"addresses of {home}, since the credentials are for it alone",
            found=following,
            fix="correct url so that it names the host the API's links lead to",
        )
    if read >= source.max_pages:
        raise ExtractionError(
            f"{place}: there is no end to its pages",
            expected=f"at most {source.max_pages} pages, the source's max_pages",
            found=f"another one after {read}",
            fix="raise max_pages if there are really so many, or use a cursor to ask for less",
        )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or {'http': 80, 'https': 443}.get(parts.scheme)}"


def _total(page: PageData[Any], paging: Paging) -> int | None:
    if paging.total is None:
        return None
    found = jsonpath.find_values(paging.total, page.response.json())
    return int(found[0]) if found and str(found[0]).isdigit() else None


def _clock(response: requests.Response) -> datetime:
    now = datetime.now(tz=UTC)
    try:
        told_at = parsedate_to_datetime(response.headers["Date"])
    except (KeyError, ValueError, TypeError):
        return now
    return told_at if told_at.tzinfo else now


def _paginator(paging: Paging) -> BasePaginator:
    if paging.kind == "page":
        return PageNumberPaginator(
            base_page=1 if paging.first is None else paging.first,
            page_param=paging.parameter or "page",
            total_path=paging.pages,
            has_more_path=paging.more,
        )
    if paging.kind == "offset":
        paginator = OffsetPaginator(
            limit=paging.size or 2,
            offset=paging.first or 0,
            offset_param=paging.parameter or "offset",
            limit_param=paging.size_parameter or "limit",
            total_path=None,
            has_more_path=paging.more,
        )
        # The last record of a page comes again as the first of the next one: else something moved meanwhile.
        paginator.value_step = paginator.limit - 1
        return paginator
    if paging.kind == "cursor":
        return JSONResponseCursorPaginator(
            cursor_path=paging.path or "", cursor_param=paging.parameter or "cursor", has_more_path=paging.more
        )
    if paging.kind == "next_link":
        return JSONLinkPaginator(paging.path) if paging.path else HeaderLinkPaginator()
    return SinglePagePaginator()
