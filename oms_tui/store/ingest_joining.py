"""Which order a record belongs to, from what it names and what is in the cache; `ingest_settling` asks after each page.

In the order of trust: the order's own id; its number; a reference that the order wrote down, or that the record has of
itself; then the other records around it (a refund's payment, a credit note's invoice, a bill's order to the vendor).
What several orders could claim is left loose. The answer depends on what is in the cache and never on which of it came
first: whenever something comes or goes, the records that name it are asked again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.store.incoming import OrderName
from oms_tui.store.ingest_joined import NUMBER_COLUMN, ref_of
from oms_tui.store.ingest_names import (
    CONTESTED,
    DOCUMENT,
    ORDER,
    PAYMENT,
    PURCHASE,
    linked,
    of_record,
    parts_of,
    references,
    used,
)
from oms_tui.store.ingest_orders import brings_orders
from oms_tui.store.order_keys import (
    NUMBER,
    REFERENCE,
    REMOTE_ID,
    order_key,
)
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oms_tui.store.driver import Connection

MOST_AROUND: Final = 40
"""Records looked at around one: more that share a name mean the name means nothing."""

_MOST_CLAIMS: Final = 20
_CLOCK_SLACK: Final = 24 * 3600 * 1000  # dates without a time, and clocks that differ

SEVERAL: Final = "several orders are called so"
SEVERAL_AROUND: Final = "the records it belongs to are of several orders"
TOO_OLD: Final = "its parcel was delivered before the order it names was placed"

Record = tuple[str, int]  # table and id


@dataclass(slots=True, frozen=True)
class Named:
    """A record as far as joining goes. ``ref`` is its name as stored, ``ended_at`` is when a parcel was delivered."""

    table: str
    id: int
    source: str
    remote_id: str
    number: str
    ref: str
    order_id: int | None
    ended_at: int | None

    @property
    def name(self) -> OrderName:
        """How it names its order."""
        return ref_of(self.ref)


@dataclass(slots=True, frozen=True)
class Claim:
    """Which orders a record could be of; ``by`` which kind of name it got the one, or ``why`` there is not just one."""

    orders: tuple[int, ...] = ()
    by: str = ""
    why: str = ""

    @property
    def order(self) -> int | None:
        """The one order, if it is one."""
        return self.orders[0] if len(self.orders) == 1 else None

    @property
    def contested(self) -> bool:
        """Whether orders are here that could claim the record, and none got it."""
        return self.order is None and self.why in {SEVERAL, SEVERAL_AROUND, TOO_OLD}


class Joining:
    """Joins records of one cache, in a transaction. What was found out is kept while nothing is written but joins."""

    def __init__(self, cache: Connection) -> None:
        self._cache = cache
        self._claims: dict[Record, Claim] = {}
        self._named: dict[Record, Named | None] = {}
        self._brings: dict[str, bool] = {}
        self._kept: dict[Record, tuple[str, bool]] = {}

    def named(self, record: Record) -> Named | None:
        """The record; None if it is gone."""
        if record not in self._named:
            table, number = record
            column = NUMBER_COLUMN.get(table, "''")
            ended = "delivered_at" if table == "shipments" else "NULL"
            row = self._cache.execute(
                f"SELECT source, remote_id, {column}, ref, order_id, {ended} FROM {table} WHERE id=?", (number,)
            ).fetchone()
            self._named[record] = Named(table, number, *row) if row else None
        return self._named[record]

    def order_of(self, record: Record) -> Claim:
        """The order of a record, by what it names itself, else by the records around it."""
        claim, mine = self.claim(record), self.named(record)
        if claim.order is not None or mine is None:
            return claim
        found = {order for other in self.around(record) if (order := self.claim(other).order) is not None}
        possible = tuple(
            order
            for order in sorted(found)
            if (not claim.orders or order in claim.orders) and self._can_be(mine, order)
        )
        if len(possible) > 1:
            return Claim(possible, why=SEVERAL_AROUND)
        return Claim(possible) if possible else claim

    def claim(self, record: Record) -> Claim:
        """The orders that a record itself names."""
        if record not in self._claims:
            named = self.named(record)
            self._claims[record] = self._claim(named) if named else Claim(why="it is gone")
        return self._claims[record]

    def around(self, record: Record) -> list[Record]:
        """The records connected with this one, itself left out; none if too many are."""
        seen: dict[Record, None] = {record: None}
        queue = [record]
        while queue:
            for other in self._next_to(queue.pop()):
                if other not in seen:
                    seen[other] = None
                    queue.append(other)
            if len(seen) > MOST_AROUND:
                return []
        del seen[record]
        return list(seen)

    def _next_to(self, record: Record) -> Iterator[Record]:
        named = self.named(record)
        if named is None:
            return
        mine = list(of_record(named.table, named.source, named.remote_id, named.number))
        wanted = list(linked(named.source, named.name))
        for name in wanted:
            yield from self._bearers(name)
        yield from self.users([*mine, *wanted])

    def _bearers(self, name: str) -> Iterator[Record]:
        kind, *parts = parts_of(name)
        if kind == PURCHASE:
            yield from self._ids("purchase_orders", "number=?", parts)
        elif kind in {PAYMENT, DOCUMENT}:
            yield from self._ids("payments", "source=? AND remote_id=?", parts)
            if kind == DOCUMENT:
                yield from self._ids("invoices", "source=? AND remote_id=?", parts)
                yield from self._ids("invoices", "source=? AND number=?", parts)

    def _ids(self, table: str, condition: str, arguments: list[str]) -> Iterator[Record]:
        rows = self._cache.execute(f"SELECT id FROM {table} WHERE {condition} LIMIT {MOST_AROUND + 1}", arguments)
        for (number,) in rows.fetchall():
            yield table, number

    def users(self, names: Iterable[str]) -> list[Record]:
        """The records that use one of these names and are not settled by their order's own id."""
        found: list[Record] = []
        for part in chunks(dict.fromkeys(names)):
            found += self._cache.execute(
                f"SELECT record_table, record FROM record_names WHERE name IN ({marks(len(part))})", part
            ).fetchall()
        return found

    def _claim(self, named: Named) -> Claim:
        name = named.name
        if name.remote_id:
            row = self._cache.execute(
                "SELECT id FROM orders WHERE source=? AND remote_id=?", (name.source or named.source, name.remote_id)
            ).fetchone()
            if row is not None:
                if self._can_be(named, row[0]):
                    return Claim((row[0],), ORDER)
                return Claim(why=TOO_OLD)
        possible: list[int] = []
        by = ""
        for kind, orders in self._claims_of(named):
            if not possible and orders:
                possible, by = [order for order in orders if self._can_be(named, order)], kind
                if not possible:
                    return Claim(why=TOO_OLD)
            elif both := [order for order in possible if order in orders]:
                possible, by = both, kind
            if len(possible) == 1:
                return Claim((possible[0],), by)
        if possible:
            return Claim(tuple(possible), why=SEVERAL)
        return Claim(why="no order here is called so" if name != OrderName() else "it names no order")

    def _claims_of(self, named: Named) -> Iterator[tuple[str, list[int]]]:
        """The orders of each name, the most trusted name first, with the kind of the name."""
        name, source = named.name, named.name.source
        if name.remote_id and not source and not self._brings_orders(named.source):
            yield REMOTE_ID, self._keyed(REMOTE_ID, order_key(name.remote_id), "")
        if name.number:
            orders = self._keyed(NUMBER, order_key(name.number), source)
            own = self._keyed(NUMBER, order_key(name.number), named.source) if len(orders) > 1 and not source else []
            yield NUMBER, own or orders
        for key in references(named.table, named.remote_id, named.number, name):
            yield REFERENCE, self._keyed(REFERENCE, key, source)

    def _keyed(self, kind: str, value: str, source: str) -> list[int]:
        if not value:
            return []
        condition, more = (" AND o.source=?", [source]) if source else ("", [])
        rows = self._cache.execute(
            "SELECT k.order_id FROM order_keys k JOIN orders o ON o.id=k.order_id "
            f"WHERE k.kind=? AND k.value=?{condition} ORDER BY k.order_id LIMIT {_MOST_CLAIMS}",
            [kind, value, *more],
        )
        return [order for (order,) in rows]

    def _brings_orders(self, source: str) -> bool:
        if source not in self._brings:
            self._brings[source] = brings_orders(self._cache, source)
        return self._brings[source]

    def _can_be(self, named: Named, order: int) -> bool:
        """Whether a parcel was still under way when the order was placed: numbers are handed out again."""
        if named.ended_at is None:
            return True
        row = self._cache.execute("SELECT placed_at FROM orders WHERE id=?", (order,)).fetchone()
        return row is None or row[0] <= named.ended_at + _CLOCK_SLACK

    def keep_names(self, named: Named, by: str, *, contested: bool = False) -> None:
        """Write down the names a record uses, down to the kind by which it found its order (all of them for "").

        What it names besides matters only when something of those names comes or goes, and then it is asked again.
        """
        record = (named.table, named.id)
        if self._kept.get(record) == (by, contested):
            return
        self._kept[record] = by, contested
        wanted = set(used(named.table, named.source, named.remote_id, named.number, named.name, by))
        if contested:
            wanted.add(CONTESTED)
        there = {
            name
            for (name,) in self._cache.execute(
                "SELECT name FROM record_names WHERE record=? AND record_table=?", (named.id, named.table)
            )
        }
        if there - wanted:
            self._cache.executemany(
                "DELETE FROM record_names WHERE name=? AND record=? AND record_table=?",
                [(name, named.id, named.table) for name in there - wanted],
            )
        if wanted - there:
            self._cache.executemany(
                "INSERT INTO record_names(name, record, record_table) VALUES (?,?,?)",
                [(name, named.id, named.table) for name in wanted - there],
            )
