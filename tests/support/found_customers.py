"""Customers of a found scheme, which a night has date by date: read at once, and as one table.

Belongs here: holding a scheme's tables of single dates for assertions. Does not belong here: finding them.
"""

from __future__ import annotations

import dataclasses
from typing import TypeVar

import pyarrow as pa

from orchestration.clustering import Clustering
from orchestration.found_segments.found import CUSTOMERS, Found

AnyFound = TypeVar("AnyFound", Found, Clustering)


def held(found: AnyFound) -> AnyFound:
    """Return what was found with its customers read now, whatever becomes of the warehouse afterwards."""
    return dataclasses.replace(found, customers=list(found.customers))


def customers_of(found: Found | Clustering) -> pa.Table:
    """Return the customers of all dates."""
    return pa.concat_tables([CUSTOMERS.empty_table(), *found.customers])
