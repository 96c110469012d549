"""What taking in a page leaves to be done before it is committed: joins to be made again, rows to be written again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self


@dataclass(slots=True)
class Effects:
    """Gathered while the rows of a page are written, worked off once at its end.

    Attributes:
        dirty: orders whose queue row must be derived again.
        fresh: orders made by this page; they have no index row yet.
        words: orders whose index row must be written again.
        keyed: orders whose numbers from parcels, invoices and payments changed.
        names: names (see ``ingest_names``) that came or went: records that use them are joined again.
        records: (table, id) of records to join.
        parcels: tracking numbers whose parcels and trackers must be brought together again.
        told: tracking numbers of which a carrier said something new.
        skus: products of which there is more or less now.
        first_orders: the source brought its first order, so what its records name by id are its own.
    """

    dirty: set[int] = field(default_factory=set)
    fresh: set[int] = field(default_factory=set)
    words: set[int] = field(default_factory=set)
    keyed: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    records: set[tuple[str, int]] = field(default_factory=set)
    parcels: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    skus: set[str] = field(default_factory=set)
    first_orders: bool = False


@dataclass(slots=True)
class Taken:
    """What became of records: how many are new to the cache, and how many moved (new ones too)."""

    fresh: int = 0
    changed: int = 0

    def __iadd__(self, other: Taken) -> Self:
        self.fresh += other.fresh
        self.changed += other.changed
        return self
