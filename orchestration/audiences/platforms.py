"""The files that advertising platforms and mail programs take: columns, their headers and what is hashed in them.

Belongs here: one entry a platform. Does not belong here: spellings (identifiers.py), who is in a file (export.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orchestration.audiences import identifiers
from orchestration.configuration.audience_settings import Channel


@dataclass(frozen=True, slots=True)
class Contact:
    """How a customer can be reached. Address and number are in one spelling, None where they are not known."""

    customer_id: str
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    postal_code: str | None
    country_code: str | None


@dataclass(frozen=True)
class Field:
    """A column of a file.

    Attributes:
        header: Its header where values are hashed.
        value: The value of a contact as the platform wants it before hashing.
        plain_header: Its header where values are not hashed; the same by default.
        is_hashed: Whether the platform wants it hashed.
        reaches: Which of email and phone it is, by one of which a contact must be reachable.
    """

    header: str
    value: Callable[[Contact], str | None]
    plain_header: str = ""
    is_hashed: bool = True
    reaches: str = ""


@dataclass(frozen=True)
class Platform:
    """Who takes files of this form.

    Attributes:
        title: What people call it.
        fields: Its columns in their order.
        takes_ads_only: Whether handing people over to it needs their consent to advertisements.
    """

    title: str
    fields: tuple[Field, ...]
    takes_ads_only: bool = True

    def fields_for(self, channel: Channel) -> tuple[Field, ...]:
        """The columns that a channel needs: no number for an e-mail, no address for a call."""
        unneeded = {"email": ("phone",), "sms": ("email",), "phone": ("email",), "ads": ()}[channel]
        return tuple(field for field in self.fields if field.reaches not in unneeded)


def _of_email(spelling: Callable[[str], str]) -> Callable[[Contact], str | None]:
    return lambda contact: None if contact.email is None else spelling(contact.email)


def _of_phone(spelling: Callable[[str], str]) -> Callable[[Contact], str | None]:
    return lambda contact: None if contact.phone is None else spelling(contact.phone)


PLATFORMS: dict[str, Platform] = {
    "generic": Platform(
        "any tool of your own",
        (
            Field("customer_id", lambda contact: contact.customer_id, is_hashed=False),
            Field("email_sha256", lambda contact: contact.email, "email", reaches="email"),
            Field("phone_sha256", lambda contact: contact.phone, "phone", reaches="phone"),
            Field("first_name_sha256", lambda contact: identifiers.name(contact.first_name), "first_name"),
            Field("last_name_sha256", lambda contact: identifiers.name(contact.last_name), "last_name"),
        ),
        takes_ads_only=False,
    ),
    "meta": Platform(
        "Meta Custom Audiences",
        (
            Field("email", lambda contact: contact.email, reaches="email"),
            Field("phone", _of_phone(identifiers.digits_only), reaches="phone"),
            Field("fn", lambda contact: identifiers.name_without_signs(contact.first_name)),
            Field("ln", lambda contact: identifiers.name_without_signs(contact.last_name)),
            Field(
                "zip",
                lambda contact: identifiers.postal_code_without_signs(contact.postal_code, contact.country_code),
            ),
            Field("country", lambda contact: (contact.country_code or "").lower() or None),
        ),
    ),
    "google": Platform(
        "Google Customer Match",
        (
            Field("Email", _of_email(identifiers.google_email), reaches="email"),
            Field("Phone", lambda contact: contact.phone, reaches="phone"),
            Field("First Name", lambda contact: identifiers.name(contact.first_name)),
            Field("Last Name", lambda contact: identifiers.name(contact.last_name)),
            Field("Country", lambda contact: contact.country_code, is_hashed=False),
            Field("Zip", lambda contact: identifiers.postal_code(contact.postal_code), is_hashed=False),
        ),
    ),
    "linkedin": Platform(
        "LinkedIn Matched Audiences",
        (Field("email", lambda contact: contact.email, reaches="email"),),
    ),
    "tiktok": Platform(
        "TikTok Custom Audiences",
        (
            Field("Email_SHA256", _of_email(identifiers.tiktok_email), "Email", reaches="email"),
            Field("Phone_SHA256", _of_phone(identifiers.digits_only), "Phone", reaches="phone"),
        ),
    ),
}
