"""The sources of ``tessera.yml``: files, tables of a database, endpoints of an API.

Belongs here: what an entry under ``sources`` may say, and what cannot go together. Does not belong here: reading any
source (``ingestion``, ``extraction``), the other sections.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from data_contracts.table_properties import FileFormat
from data_contracts.time_formats import strptime_format
from orchestration.configuration.secrets import variable_name
from orchestration.configuration.setting_types import Section, Share, TimeZone

_TABLE = re.compile(r"[^\s.;'\"()\\]{1,63}(\.[^\s.;'\"()\\]{1,63})?")
_COLUMN = re.compile(r"[^\s.;'\"()\\]{1,63}")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PARAMETERS_OF_SECRETS = re.compile(r"(?i)(api[-_]?key|access[-_]?token|token|secret|password|auth|signature)")


def _matching(pattern: re.Pattern[str], write: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            message = f"does not fit; write {write}"
            raise ValueError(message)
        return value

    return AfterValidator(check)


def _readable_time_format(pattern: str) -> str:
    if pattern:
        strptime_format(pattern)
    return pattern


TimeFormat = Annotated[str, AfterValidator(_readable_time_format)]
VariableName = Annotated[str, AfterValidator(variable_name)]
Table = Annotated[str, _matching(_TABLE, "a table as schema.table or table")]
ColumnName = Annotated[str, _matching(_COLUMN, "the name of one column")]
HeaderName = Annotated[str, _matching(_HEADER, "the name of a header such as X-Api-Key")]
Minutes = Annotated[float, Field(ge=0, le=60 * 24 * 366)]


class PostgresSource(Section):
    """A table or view of a PostgreSQL database.

    Attributes:
        connection: Environment variable that holds the connection string.
        table: ``schema.table``.
        cursor: Column that grows whenever a row is written; without one the whole table is read every night.
        overlap_minutes: How far before the last cursor the next night begins, where the cursor is a time.
        overlap_values: The same where the cursor is a whole number.
        chunk_rows: Rows after which what was read is committed.
        timeout_minutes: The longest a single statement may take.
    """

    connection: VariableName
    table: Table
    cursor: ColumnName | None = None
    overlap_minutes: Minutes = 15
    overlap_values: int = Field(default=1000, ge=0)
    chunk_rows: int = Field(default=500_000, ge=1)
    timeout_minutes: float = Field(default=60, gt=0)


class Paging(Section):
    """How an API is asked for its next page.

    Attributes:
        kind: ``page`` and ``offset`` count, ``cursor`` sends back a value of the answer, ``next_link`` follows an
            address in the answer, ``none`` is an API that answers in one page.
        parameter: Query parameter for the page's number, the offset or the cursor.
        path: Where the answer holds the next cursor or the next address; a next_link without a path is taken from
            the Link header.
        first: Number of the first page, or the first offset.
        size: Records a page.
        size_parameter: Query parameter for ``size``.
        more: Path of the answer's true or false that tells whether there are more pages.
        pages: Path of the answer's number of pages, for kind page.
        total: Path of the answer's number of records in all pages together.
    """

    kind: Literal["page", "offset", "cursor", "next_link", "none"] = "none"
    parameter: str | None = None
    path: str | None = None
    first: int | None = Field(default=None, ge=0)
    size: int | None = Field(default=None, ge=1)
    size_parameter: str | None = None
    more: str | None = None
    pages: str | None = None
    total: str | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Paging:
        if self.kind == "offset" and (self.size or 0) < 2:
            message = "offset counts in records; write the size of a page, at least 2"
            raise ValueError(message)
        if self.kind == "cursor" and self.path is None:
            message = "write the path of the answer's next cursor, such as path: meta.next_cursor"
            raise ValueError(message)
        used = {
            "page": ("parameter", "first", "more", "pages"),
            "offset": ("parameter", "first", "more"),
            "cursor": ("parameter", "path", "more"),
            "next_link": ("path",),
            "none": (),
        }
        for name in ("parameter", "path", "first", "more", "pages"):
            if getattr(self, name) is not None and name not in used[self.kind]:
                message = f"{name} means nothing for kind: {self.kind}"
                raise ValueError(message)
        return self


class RestCursor(Section):
    """The field of a record that grows whenever the record changes, and the parameter that asks for what is newer.

    Attributes:
        field: Dotted path inside a record.
        parameter: Query parameter; what it selects must include the given value itself or begin before it.
        kind: How the field and the parameter are written: ISO 8601, Unix seconds, Unix milliseconds, whole number.
        overlap_values: How far before the last cursor the next night begins, where it is a whole number.
    """

    field: str = Field(min_length=1)
    parameter: str = Field(min_length=1)
    kind: Literal["iso", "unix", "unix_ms", "number"] = "iso"
    overlap_values: int = Field(default=1000, ge=0)


class RestSource(Section):
    """An endpoint that answers in JSON.

    Attributes:
        url: The address, https unless it is on this machine, without a user and without a query.
        secret: Environment variable that holds the credentials.
        auth: ``bearer`` token, ``basic`` with ``user:password``, or a ``header`` of its own.
        header: Name of that header.
        parameters: Query parameters of every request; no secrets.
        records: Dotted path of the list of records in the answer; by default the answer is the list.
        paging: How to get the next page.
        cursor: What makes the next night ask for less.
        overlap_minutes: How far before the last cursor the next night begins, where the cursor is a time.
        max_pages: More pages than these are an error.
        timeout_seconds: The longest wait for an answer.
        attempts: How often a request is tried in all, waiting longer each time, or as long as the API says.
        max_wait_seconds: The longest wait between two tries.
    """

    url: str
    secret: VariableName | None = None
    auth: Literal["bearer", "basic", "header"] = "bearer"
    header: HeaderName | None = None
    parameters: dict[str, str | int | float | bool] = Field(default_factory=dict)
    records: str | None = None
    paging: Paging = Field(default_factory=Paging)
    cursor: RestCursor | None = None
    overlap_minutes: Minutes = 15
    max_pages: int = Field(default=10_000, ge=1)
    timeout_seconds: float = Field(default=60, gt=0)
    attempts: int = Field(default=5, ge=1, le=20)
    max_wait_seconds: float = Field(default=300, gt=0)

    @field_validator("url")
    @classmethod
    def _url_is_plain(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host, parts = None, urlsplit("")
        if not host or parts.scheme not in ("http", "https"):
            message = "write an address such as https://api.example.com/v1/responses"
        elif parts.username is not None or parts.password is not None:
            message = "an address must not hold a user or password; name their environment variable under secret"
        elif parts.query or parts.fragment:
            message = "write what comes after the ? under parameters"
        elif parts.scheme == "http" and host not in _LOOPBACK:
            message = "write https: over http everybody on the way can read the secret and the customers"
        else:
            return url
        raise ValueError(message)

    @field_validator("parameters")
    @classmethod
    def _no_secret_in_parameters(cls, parameters: dict[str, object]) -> dict[str, object]:
        for name in parameters:
            if _PARAMETERS_OF_SECRETS.fullmatch(name):
                message = f"{name} looks like a secret, and addresses are written to logs; use secret with auth: header"
                raise ValueError(message)
        return parameters

    @model_validator(mode="after")
    def _auth_fits(self) -> RestSource:
        if (self.auth == "header") != (self.header is not None):
            message = "auth: header and the header's name go together, such as header: X-Api-Key"
            raise ValueError(message)
        return self


class Source(Section):
    """One inbound contract and what feeds it: files, a table, or an endpoint."""

    contract: str
    files: list[str] | None = Field(default=None, min_length=1)
    postgres: PostgresSource | None = None
    rest: RestSource | None = None
    delivery: Literal["increment", "snapshot"] | None = None
    max_snapshot_drop_share: Share = 0.5
    format: FileFormat | None = None
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    sheet: str = ""
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'", "\u00a0", "\u202f"] = ""
    date_format: TimeFormat = ""
    timestamp_format: TimeFormat = ""
    time_zone: TimeZone | None = None
    max_rejected_share: Share | None = None
    latency_days: float | None = Field(default=None, ge=0)

    @field_validator("thousands")
    @classmethod
    def _thousands_are_not_decimals(cls, sign: str, others: ValidationInfo) -> str:
        if sign and sign == others.data.get("decimal"):
            message = f"{sign!r} cannot be both the decimal sign and the sign between thousands"
            raise ValueError(message)
        return sign

    @model_validator(mode="after")
    def _one_kind_that_fits(self) -> Source:
        kinds = [name for name in ("files", "postgres", "rest") if getattr(self, name) is not None]
        if len(kinds) != 1:
            message = f"write exactly one of files, postgres or rest; there is {' and '.join(kinds) or 'none of them'}"
            raise ValueError(message)
        if self.files is None:
            for name in ("format", "delimiter", "encoding", "sheet"):
                if name in self.model_fields_set:
                    message = f"{name} is for files only"
                    raise ValueError(message)
        if self.postgres is not None:
            for name in ("decimal", "thousands", "date_format", "timestamp_format"):
                if name in self.model_fields_set:
                    message = f"{name} is for files and APIs; a database has types"
                    raise ValueError(message)
        if self.delivery == "snapshot" and self.cursor is not None:
            message = "a snapshot is the whole table and needs no cursor; leave out one of them"
            raise ValueError(message)
        if self.delivery == "increment" and self.postgres is not None and self.cursor is None:
            message = "increments of a table need a cursor, such as cursor: updated_at"
            raise ValueError(message)
        return self

    @property
    def cursor(self) -> str | None:
        """The column or field by which only new rows are read."""
        if self.postgres is not None:
            return self.postgres.cursor
        return self.rest.cursor.field if self.rest is not None and self.rest.cursor is not None else None

    @property
    def is_snapshot(self) -> bool:
        """Whether each delivery is the whole table and replaces the one before."""
        if self.delivery is None:
            return self.postgres is not None and self.postgres.cursor is None
        return self.delivery == "snapshot"

    @property
    def secret(self) -> str | None:
        """The environment variable this source needs."""
        if self.postgres is not None:
            return self.postgres.connection
        return self.rest.secret if self.rest is not None else None

    @property
    def origin(self) -> str:
        """Where the rows come from, as kept with every batch: the same for the same place, and without secrets."""
        by = f" by {self.cursor}" if self.cursor else ""
        if self.postgres is not None:
            return f"postgres {self.postgres.connection} {self.postgres.table}{by}"
        if self.rest is not None:
            asked = json.dumps(self.rest.parameters, sort_keys=True)
            short = f" [{hashlib.sha256(asked.encode()).hexdigest()[:8]}]" if self.rest.parameters else ""
            return f"rest {self.rest.url}{short}{by}"
        return f"files {', '.join(self.files or ())}"
