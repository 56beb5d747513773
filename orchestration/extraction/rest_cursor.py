"""The cursor of an API's records: comparing it, and asking for what is newer.

Belongs here: reading the field's values and writing the parameter's. Does not belong here: requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.configuration.source_settings import RestCursor
from orchestration.extraction.exact_json import WrittenNumber, at_path

Value = datetime | Decimal


@dataclass(frozen=True)
class FieldCursor:
    """The field of a record that grows with every change.

    Attributes:
        settings: The field, its notation and the parameter.
        overlap_minutes: How far to go back where it is a time.
        zone: Zone of times without an offset.
    """

    settings: RestCursor
    overlap_minutes: float
    zone: ZoneInfo

    def of(self, record: Any) -> Value | None:
        """The cursor of a record; None when it has none or one that cannot be read."""
        try:
            return self.parse(at_path(record, self.settings.field))
        except KeyError:
            return None

    def parse(self, written: Any) -> Value | None:
        """Read a value of the field, or one that was committed."""
        if isinstance(written, bool) or not isinstance(written, (str, int, float)):
            return None
        text = written.written if isinstance(written, WrittenNumber) else str(written)
        try:
            if self.settings.kind == "iso":
                moment = datetime.fromisoformat(text)
                return moment.replace(tzinfo=moment.tzinfo or self.zone).astimezone(UTC)
            number = Decimal(text)
        except (ValueError, InvalidOperation, OverflowError):
            return None
        return number if number.is_finite() else None

    def latest(self, now: datetime) -> Value | None:
        """The present as a value of the cursor; None for numbers."""
        if self.settings.kind == "iso":
            return now.astimezone(UTC)
        if self.settings.kind == "number":
            return None
        return Decimal(int(now.timestamp())) * (1000 if self.settings.kind == "unix_ms" else 1)

    def start(self, committed: Value) -> Value:
        """Where to begin after a committed value."""
        if isinstance(committed, datetime):
            return committed - timedelta(minutes=self.overlap_minutes)
        seconds = Decimal(int(self.overlap_minutes * 60))
        back = {"unix": seconds, "unix_ms": seconds * 1000}.get(self.settings.kind)
        return committed - (Decimal(self.settings.overlap_values) if back is None else back)

    def written(self, value: Value) -> str:
        """A value as it is committed and sent."""
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return format(value, "f")
