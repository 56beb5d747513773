"""Write the seeds `countries` and `country_names` from the facts of two well-kept libraries.

`countries` is what Google's phone metadata (phonenumbers) says about each country's numbers: the code in front of them,
the trunk prefix that is dialled in front of them within the country, and how long they are. `country_names` is every
way that Unicode's CLDR (babel) and habit write a country, in the spelling of the macro country_key; a name that means
two countries is left out.

Run `python -m scripts.country_seeds` after a new release of either library.

Belongs here: what the seeds hold and where it comes from. Does not belong here: how numbers and names are read.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import phonenumbers
from babel import Locale
from babel.core import get_global
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberDesc, PhoneNumberFormat, PhoneNumberType

from orchestration.repository import DBT_PROJECT
from scripts.dbt_macros import macros

SEEDS = DBT_PROJECT / "seeds"
# Of the ITU's E.164: code and number together.
MOST_DIGITS = 15
# National numbers with fewer digits are local or for emergencies, unless the region's usual numbers are as short.
FEWEST_DIGITS = 7
LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "da", "sv", "nb", "fi", "is", "pl", "cs", "sk", "hu", "ro", "bg", "el"),
    *(
        "hr",
        "sl",
        "sr",
        "sr_Latn",
        "lt",
        "lv",
        "et",
        "ru",
        "uk",
        "tr",
        "ca",
        "ga",
        "zh",
        "zh_Hant",
        "ja",
        "ko",
        "ar",
        "hi",
    ),
)
# Names in use that CLDR does not have: former and official ones, parts that people name as their country, short forms.
# One that stands at two countries (congo, korea) means neither.
ALIASES = {
    "AE": ("uae", "emirates"),
    "BO": ("plurinational state of bolivia",),
    "BN": ("brunei darussalam",),
    "CD": ("congo", "dr congo", "drc", "democratic republic of the congo", "zaire"),
    "CG": ("congo", "republic of the congo"),
    "CI": ("ivory coast", "cote d ivoire"),
    "CN": ("prc", "peoples republic of china", "mainland china"),
    "CV": ("cape verde",),
    "CZ": ("czech republic", "tschechische republik"),
    "DE": ("federal republic of germany", "bundesrepublik deutschland", "brd"),
    "FK": ("falkland islands",),
    "FM": ("federated states of micronesia",),
    "GB": (
        *(
            "uk",
            "great britain",
            "britain",
            "england",
            "scotland",
            "wales",
            "northern ireland",
            "gb uk",
            "grossbritannien",
        ),
        *("united kingdom of great britain and northern ireland", "grande bretagne", "angleterre", "gran bretagna"),
        *("gran bretana", "inghilterra", "inglaterra", "engeland", "groot brittannie"),
    ),
    "GR": ("el", "hellas", "hellenic republic"),
    "HK": ("hong kong", "hongkong"),
    "IE": ("republic of ireland", "eire"),
    "IR": ("islamic republic of iran",),
    "KP": ("korea", "dprk", "democratic peoples republic of korea"),
    "KR": ("korea", "republic of korea"),
    "LA": ("lao", "lao peoples democratic republic"),
    "MD": ("republic of moldova",),
    "MK": ("macedonia", "fyrom"),
    "MM": ("burma", "myanmar"),
    "MO": ("macao", "macau"),
    "NL": ("holland", "die niederlande"),
    "PS": ("palestine", "state of palestine"),
    "RU": ("russian federation",),
    "SY": ("syrian arab republic",),
    "SZ": ("swaziland",),
    "TL": ("east timor",),
    "TR": ("turkey", "turkiye"),
    "TW": ("republic of china",),
    "TZ": ("united republic of tanzania",),
    "US": (
        *("united states of america", "america", "estados unidos de america", "vereinigte staaten von amerika"),
        "etats unis damerique",
    ),
    "VA": ("vatican", "holy see"),
    "VE": ("bolivarian republic of venezuela",),
    "VN": ("viet nam",),
}


def countries() -> Iterator[dict[str, str]]:
    """Yield a row of the seed `countries` for each region that has telephone numbers of its own."""
    names = Locale("en").territories
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        metadata = PhoneMetadata.metadata_for_region(region)
        code = str(metadata.country_code)
        examples = _example_lengths(region)
        lengths = _lengths(metadata, metadata.mobile) | _lengths(metadata, metadata.fixed_line)
        yield {
            "country_code": region,
            "country_name": names[region],
            "calling_code": code,
            "trunk_prefix": _trunk_prefix(region, metadata),
            "shortest_number": str(max(min(lengths), min(FEWEST_DIGITS, *examples))),
            "longest_number": str(min(max(lengths), MOST_DIGITS - len(code))),
            "usual_number": str(max(examples)),
        }


def country_names() -> Iterator[dict[str, str]]:
    """Yield a row of the seed `country_names` for each name that means one country, in the order of the alphabet."""
    meant: defaultdict[str, set[str]] = defaultdict(set)
    regions = [row["country_code"] for row in countries()]
    written = [(name, region) for region in regions for name in _written_names(region)]
    for key, (_, region) in zip(_keys(name for name, _ in written), written, strict=True):
        if key:
            meant[key].add(region)
    for key, named in sorted(meant.items()):
        if len(named) == 1:
            yield {"name": key, "country_code": named.pop()}


def write(folder: Path) -> None:
    """Write both seeds into a folder."""
    for name, rows in (("countries", countries()), ("country_names", country_names())):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            found = list(rows)
            writer = csv.DictWriter(file, list(found[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(found)


def _examples(region: str) -> list[PhoneNumber]:
    """Return a usual fixed and a usual mobile number of a region, or the one of them that it has."""
    kinds = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE)
    return [number for kind in kinds if (number := phonenumbers.example_number_for_type(region, kind))]


def _example_lengths(region: str) -> list[int]:
    return [len(phonenumbers.national_significant_number(number)) for number in _examples(region)]


def _lengths(metadata: PhoneMetadata, described: PhoneNumberDesc | None) -> set[int]:
    """Return how many digits numbers of a kind have, empty if the region has none; a kind may leave that to it."""
    if described is None or not described.national_number_pattern:
        return set()
    return {length for length in described.possible_length or metadata.general_desc.possible_length if length > 0}


def _trunk_prefix(region: str, metadata: PhoneMetadata) -> str:
    """Return what numbers of the region begin with when they are dialled from within it.

    It is what is written in front of the national number, where anything is (80 in Belarus), as the metadata have only
    the first digit of some; else the metadata's.
    """
    for example in _examples(region):
        dialled = phonenumbers.normalize_digits_only(phonenumbers.format_number(example, PhoneNumberFormat.NATIONAL))
        number = phonenumbers.national_significant_number(example)
        if dialled != number and dialled.endswith(number):
            return dialled.removesuffix(number)
    return metadata.national_prefix or ""


def _written_names(region: str) -> Iterator[str]:
    """Yield every way a country is written: its codes, its names in all languages, and those names without accents."""
    yield region
    yield from (code for code, codes in get_global("territory_aliases").items() if codes == [region] and code.isalpha())
    yield from ALIASES.get(region, ())
    for language in LANGUAGES:
        name = Locale.parse(language).territories.get(region)
        if name is None:
            continue
        # CLDR writes another name in brackets: Myanmar (Burma).
        for written in (name, name.split("(")[0], name.replace("&", "and"), name.replace("St.", "Saint")):
            yield written
            # Osterreich, by those who cannot type an umlaut and do not write it as ae.
            yield "".join(
                letter for letter in unicodedata.normalize("NFD", written) if not unicodedata.combining(letter)
            )


def _keys(names: Iterable[str]) -> list[str | None]:
    """Return each name in the spelling by which the seed is joined: the macro's own."""
    key = macros("folded", "postal_addresses").country_key("name")
    with duckdb.connect() as con:
        rows = con.execute(
            f"select {key} from (select unnest($1) as name, generate_subscripts($1, 1) as place) order by place",
            [list(names)],
        ).fetchall()
    return [key for (key,) in rows]


if __name__ == "__main__":
    write(SEEDS)
