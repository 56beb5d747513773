"""Whether the project knows such a file already.

Belongs here: holding a file's columns against the contracts there are. Does not belong here: drafting a new one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from data_contracts.contract import Contract

# So much of a contract must be in a file for it to be worth a look.
_SHARE = 0.7


def fitting_contract(source_names: Collection[str], contracts: Iterable[Contract]) -> Contract | None:
    """The contract whose columns, the required ones among them, are nearly all in a file; the fullest of several."""
    names = set(source_names)
    best: tuple[float, int, Contract] | None = None
    for contract in contracts:
        wanted = {column.source_name for column in contract.columns}
        required = {column.source_name for column in contract.columns if column.required}
        share = len(wanted & names) / len(wanted)
        fits = share >= _SHARE and required <= names and len(wanted & names) > 2
        if fits and (best is None or (share, len(wanted)) > best[:2]):
            best = share, len(wanted), contract
    return best[2] if best is not None else None
