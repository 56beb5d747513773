"""How advertising platforms want people named: one spelling of addresses, numbers and names, and its SHA-256.

Belongs here: spellings and hashes. Does not belong here: which of them a platform takes (platforms.py), whose they are
(export.py).

Sources, as read in 2026:
    Meta, Customer Information Parameters (developers.facebook.com/docs/marketing-api/conversions-api/parameters/
    customer-information-parameters), the same rules as for customer files of custom audiences.
    Google, Format user data (developers.google.com/data-manager/api/devguides/concepts/formatting), and Formatting
    guidelines for uploading hashed data (support.google.com/google-ads/answer/7476159).
    LinkedIn, Requirements for contact targeting lists (linkedin.com/help/lms/answer/a1489764).
    TikTok, List of supported IDs and formats for a customer file (ads.tiktok.com/help/article/
    list-of-supported-ids-and-formats-for-a-customer-file).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

# An address that every mail program and platform takes. It begins with a letter, a digit or a line, so that no
# spreadsheet takes it for a formula; what is rarer is left out and counted.
_ADDRESS = re.compile(r"\w[^@\s,;:\"'<>()\\]*@[^@\s.,;:\"'<>()\\]+(\.[^@\s.,;:\"'<>()\\]+)+")
_LONGEST_ADDRESS = 254
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_GOOGLE_MAIL = ("gmail.com", "googlemail.com")


def sha256(value: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hexadecimal digits in small letters; no platform takes a salted one."""
    return hashlib.sha256(value.encode()).hexdigest()


def email_address(written: str | None) -> str | None:
    """An address without blanks around it, in small letters; None for what is no address."""
    address = (written or "").strip().lower()
    usable = len(address) <= _LONGEST_ADDRESS and address.isprintable() and _ADDRESS.fullmatch(address)
    return address if usable else None


def mailbox(address: str) -> str:
    """The mailbox that an address in small letters reaches, as ``mailbox_key`` of the dbt project has it.

    What follows a plus is the owner's own note; Gmail reads over dots and has two names.
    """
    local, _, domain = address.rpartition("@")
    local = local.partition("+")[0] or local
    return f"{local.replace('.', '')}@gmail.com" if domain in _GOOGLE_MAIL else f"{local}@{domain}"


def google_email(address: str) -> str:
    """Google: at Gmail no dots and nothing from a plus on; elsewhere as it is."""
    local, _, domain = address.rpartition("@")
    if domain not in _GOOGLE_MAIL:
        return address
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def tiktok_email(address: str) -> str:
    """TikTok: nothing from a plus to the @."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def phone_number(written: str | None) -> str | None:
    """A number in E.164, with its plus; None for what is none, such as a number without its country."""
    digits = re.sub(r"[\s()/.\-\u2010-\u2015]", "", written or "")
    number = re.sub(r"^00", "+", digits)
    return number if _NUMBER.fullmatch(number) else None


def digits_only(number: str) -> str:
    """Meta and TikTok: a number in E.164 without its plus."""
    return number.removeprefix("+")


def name(written: str | None) -> str | None:
    """Google: a name without blanks around it, in small letters."""
    return " ".join((written or "").lower().split()) or None


def name_without_signs(written: str | None) -> str | None:
    """Meta: a name in small letters, without punctuation; letters of other alphabets stay as they are."""
    kept = "".join(sign for sign in (written or "").lower() if not unicodedata.category(sign).startswith(("P", "S")))
    return " ".join(kept.split()) or None


def postal_code(written: str | None) -> str | None:
    """Google: a postal code without blanks around it."""
    return (written or "").strip() or None


def postal_code_without_signs(written: str | None, country_code: str | None) -> str | None:
    """Meta: a postal code in small letters without blanks and dashes; in the United States its first five digits."""
    kept = re.sub(r"[\s\-]", "", (written or "").lower())
    return (kept[:5] if country_code == "US" else kept) or None
