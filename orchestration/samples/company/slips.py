"""How the same e-mail, telephone or name comes to be written differently.

Belongs here: variants that mean the same, and slips of the fingers. Does not belong here: who makes them.
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from orchestration.samples.company.randomness import Ints
from orchestration.samples.company.text import Text, join, pick, swapped_letters, when
from orchestration.samples.company.world import COUNTRIES

_SLIPPED_DOMAINS = (
    ("@webpost.", "@wepbost."), ("@mailbox.", "@mailbxo."), ("@gmail.", "@gmial."), ("@posteingang.", "@posteingag."),
    ("@icloud.", "@iclud."), ("@courriel.", "@couriel."),
)  # fmt: skip


def plus_addressed(email: Text) -> Text:
    """The same mailbox with a tag behind a plus sign."""
    return pc.replace_substring(email, "@", "+shop@", max_replacements=1)


def shouted(draw: np.random.Generator, email: Text) -> Text:
    """The same address with capital letters: all of it, or where names begin."""
    local = pc.replace_substring_regex(email, "@.*", "")
    domain = pc.replace_substring_regex(email, ".*@", "@")
    titled = join(pc.utf8_title(local), domain)
    return when(draw.random(len(email)) < 0.3, pc.utf8_upper(email), titled)


def mistyped(email: Text) -> Text:
    """Another address that nobody has: a slip in the domain, for companies a doubled letter before it."""
    slipped = email
    for right, wrong in _SLIPPED_DOMAINS:
        slipped = pc.replace_substring(slipped, right, wrong)
    doubled = pc.replace_substring_regex(email, "([a-z0-9])@", r"\1\1@")
    return when(pc.equal(slipped, email).to_numpy(zero_copy_only=False).astype(bool), doubled, slipped)


def misspelt(draw: np.random.Generator, name: Text) -> Text:
    """A name with two letters exchanged; very short names stay."""
    longer = np.asarray(pc.greater(pc.utf8_length(name), 4))
    return when(longer, when(draw.random(len(name)) < 0.5, swapped_letters(name, 1), swapped_letters(name, 2)), name)


def phone_written(national: Text, country: Ints, form: Ints) -> Text:
    """A national number in one of four notations: +49 176 ..., 0176/..., 0049176..., +49176...."""
    code = pick([land.calling_code for land in COUNTRIES], country)
    area, rest = pc.utf8_slice_codeunits(national, 0, 3), pc.utf8_slice_codeunits(national, 3, None)
    written = join("+", code, " ", area, " ", rest)
    written = when(form == 1, join("0", area, "/", rest), written)
    written = when(form == 2, join("00", code, national), written)
    return when(form == 3, join("+", code, national), written)
