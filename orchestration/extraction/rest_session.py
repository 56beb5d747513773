"""Requests to an API: credentials, tries, and what counts as an answer.

Belongs here: the client of one source, and its errors as a person reads them. Does not belong here: pages and their
order (rest_pages.py), records.

Tries, waits and paging are dlt's; of dlt nothing else is used: no pipeline, no state, and its telemetry is off.
"""

from __future__ import annotations

import os

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from dlt.common.configuration.specs.runtime_configuration import RuntimeConfiguration
from dlt.sources.helpers.requests.retry import DEFAULT_RETRY_EXCEPTIONS, Client
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.auth import APIKeyAuth, BearerTokenAuth, HttpBasicAuth
from requests.auth import AuthBase

from orchestration.configuration.secrets import Secret
from orchestration.configuration.source_settings import RestSource
from orchestration.extraction.errors import ExtractionError, TemporaryExtractionError
from orchestration.extraction.exact_json import at_path, read_json

_JSON_TYPES = ("json", "text/plain", "text/javascript", "application/octet-stream")
_REFUSED = (401, 403)


class UnreadableAnswerError(requests.RequestException):
    """An answer that is no JSON; often a maintenance page or a cut transfer, so it is asked for again."""


class WrongAnswerError(requests.RequestException):
    """An answer that is JSON and not what was declared; asking again would not help."""


class ApiClient(RESTClient):
    """dlt's client, taking the records strictly from where they are declared to be."""

    def __init__(self, source: RestSource, secret: Secret | None) -> None:
        self.records_path = source.records
        client = Client(
            request_timeout=source.timeout_seconds,
            raise_for_status=False,
            exceptions=(*DEFAULT_RETRY_EXCEPTIONS, UnreadableAnswerError),
            request_max_attempts=source.attempts,
            request_backoff_factor=min(1.0, source.max_wait_seconds),
            request_max_retry_delay=source.max_wait_seconds,
            session_attrs={"rebuild_auth": _credentials_stay_home(source.header), "max_redirects": 5},
        )
        super().__init__(
            base_url=source.url,
            headers={"Accept": "application/json", "User-Agent": "tessera"},
            auth=_auth(source, secret),
            session=client.session,
            config=RuntimeConfiguration(dlthub_telemetry=False, http_show_error_body=False),
        )

    def extract_response(self, response: requests.Response, data_selector: Any) -> list[Any]:
        """Take the records out of an answer.

        Raises:
            WrongAnswerError: There is no list at the path.
        """
        answer = response.json()
        try:
            records = at_path(answer, self.records_path) if self.records_path else answer
        except KeyError:
            records = None
        if isinstance(records, list):
            return records
        shown = f"an object with {', '.join(sorted(answer)[:12])}" if isinstance(answer, dict) else "no object"
        raise WrongAnswerError(shown)


def check_answer(response: requests.Response, *_: Any, **__: Any) -> None:
    """Make sure that a response is an answer; called for every response, before it is decided to try again.

    Raises:
        requests.HTTPError: A status of 400 and above.
        UnreadableAnswerError: The body is no JSON.
        WrongAnswerError: A redirect to an address without encryption.
    """
    if response.is_redirect:
        target = requests.Session().get_redirect_target(response) or ""
        if response.url.startswith("https:") and target.startswith("http:"):
            raise WrongAnswerError("a redirect to an address without encryption")
        return
    if response.status_code >= 400:
        raise requests.HTTPError(f"status {response.status_code}", response=response)
    kind = response.headers.get("Content-Type", "application/json").lower()
    if not any(sign in kind for sign in _JSON_TYPES):
        raise UnreadableAnswerError(f"the content type {kind.split(';')[0][:60]}", response=response)
    try:
        answer = read_json(response.content)
    except ValueError:
        size = len(response.content)
        raise UnreadableAnswerError(f"{size} bytes that are no JSON, or not all of it", response=response) from None
    response.json = lambda **_: answer  # type: ignore[method-assign]


def told(error: requests.RequestException, source: RestSource, *, place: str) -> ExtractionError:
    """Say what a failed request means; texts of the libraries are left out, since they may quote anything."""
    if isinstance(error, WrongAnswerError):
        return ExtractionError(
            f"{place}: the answer is not what was declared",
            expected=f"a list of records at {source.records or 'the top of the answer'}",
            found=str(error),
            fix="correct records (a dotted path, such as data.items) or the url",
        )
    if isinstance(error, UnreadableAnswerError):
        return ExtractionError(
            f"{place}: the answer is no JSON",
            expected="JSON",
            found=f"{error}, after {source.attempts} tries",
            fix="open the address: it may be a login or maintenance page, or not the API's address",
        )
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return _told_of_status(error.response.status_code, source, place)
    reached = f"{urlsplit(source.url).hostname}"
    if isinstance(error, requests.exceptions.SSLError):
        return ExtractionError(
            f"{place}: the certificate of {reached} is not trusted",
            expected="a certificate that this machine trusts; checking it cannot be switched off",
            found=type(error).__name__,
            fix="check the address; a certificate authority of your own is named in REQUESTS_CA_BUNDLE",
        )
    slow = isinstance(error, requests.Timeout)
    return TemporaryExtractionError(
        f"{place}: {'no answer in time' if slow else 'no connection, or it broke'}",
        expected=f"an answer from {reached} within {source.timeout_seconds:g} seconds",
        found=f"{type(error).__name__} after {source.attempts} tries",
        fix="check that the API is up and can be reached from here; if it is slow, raise timeout_seconds",
    )


def _told_of_status(status: int, source: RestSource, place: str) -> ExtractionError:
    if status in _REFUSED:
        return ExtractionError(
            f"{place}: the API does not accept the credentials",
            expected=f"credentials with the right to read, in {source.secret or 'the variable named under secret'}",
            found=f"status {status}",
            fix=f"renew {source.secret or 'them'}, and check auth (now {source.auth})",
        )
    tries = f", after {source.attempts} tries" if status == 429 or status >= 500 else ""
    kind = TemporaryExtractionError if tries else ExtractionError
    return kind(
        f"{place}: the API answered with an error",
        expected="status 200",
        found=f"status {status}{tries}",
        fix="wait until the API is well again, and ask it less often if the status is 429"
        if tries
        else "check url, parameters and paging against the API's documentation",
    )


def _auth(source: RestSource, secret: Secret | None) -> AuthBase | None:
    if secret is None:
        return None
    if not secret.value.isascii() or not secret.value.isprintable():
        raise ExtractionError(
            f"the value of {secret.name} cannot be sent",
            expected="letters, digits and signs of ASCII on one line",
            found="line breaks or other characters (the value is not shown here)",
            fix=f"set {secret.name} again",
        )
    if source.auth == "basic":
        user, _, password = secret.value.partition(":")
        return HttpBasicAuth(user, password)
    if source.auth == "header":
        return APIKeyAuth(name=source.header or "", api_key=secret.value, location="header")
    return BearerTokenAuth(token=secret.value)


def _credentials_stay_home(header: str | None) -> Callable[[requests.PreparedRequest, requests.Response], None]:
    """What requests does after a redirect, for a header of one's own as well: other hosts do not get it."""
    judge = requests.Session()

    def rebuild_auth(request: requests.PreparedRequest, response: requests.Response) -> None:
        if judge.should_strip_auth(response.request.url or "", request.url or ""):
            for name in ("Authorization", header or "Authorization"):
                request.headers.pop(name, None)

    return rebuild_auth
