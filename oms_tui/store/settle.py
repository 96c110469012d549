"""Bring the cache up to what people decided: who wrote a decision sees it at once, and in a cache made anew too.

The desk's change feed is read from where the cache last was (``meta.desk_seq``); what it names is derived again. It may
be applied twice without harm, and a restored or newer desk is applied whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.store.derive.run import derive_orders
from oms_tui.store.driver import transaction
from oms_tui.store.order_names import ids_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

_MOST: Final = 5_000
DERIVED: Final = 200
"""Orders derived at once, and by whoever wrote on the desk; more is the worker's."""

WHOLE: Final = 2_000
"""Orders that a command derives, which may have no worker beside: more than it decided on, for what follows from it."""

_MAIL: Final = "mail"
"""What the feed calls a decision about a mail; it names the mail by its content."""


_ABOUT_ORDERS: Final = ("order_decisions", "tasks", "outbox", "call_logs", "conflict_decisions")
_ABOUT_MAILS: Final = ("link_decisions", "thread_decisions")


def settle(store: Workspace, policy: DeskPolicy, now: int, *, most: int = DERIVED) -> int:
    """Apply the desk's feed to the cache; how many entries were new. ``most`` of the orders they name are derived too.

    These come before whatever else is dirty: while a shop comes in for the first time that is a million orders. Those
    that read otherwise only because these do (of the same person, who is in another tier now) come after them, within
    ``most``. More than a few hundred are waited for by who has no worker beside: a command.
    """
    applied = 0
    named: dict[int, None] = {}
    while True:
        count, orders = _apply(store, policy, now)
        applied += count
        named |= dict.fromkeys(orders)
        if count < _MOST:
            break
    following = list(named)[-most:]
    left = most
    while following and left > 0:
        batch, following = following[: min(DERIVED, left)], following[min(DERIVED, left) :]
        left -= len(batch)
        follow = derive_orders(store, policy, batch, now)
        following = list(dict.fromkeys([*following, *follow]))
    return applied


def _apply(store: Workspace, policy: DeskPolicy, now: int) -> tuple[int, list[int]]:
    """Some entries of the feed: how many, and the orders they are about, all of which are marked dirty."""
    from oms_tui.store.mail_links import relink_named, relink_people
    from oms_tui.store.persons import join_persons, of_same_persons

    with transaction(store.cache) as cache:
        found = cache.execute("SELECT value FROM meta WHERE key = 'desk_seq'").fetchone()
        seq = int(found[0]) if found else 0
        last = int(store.desk.execute("SELECT coalesce(max(seq), 0) FROM desk_changes").fetchone()[0])
        if last == seq:
            return 0, []
        another = last < seq  # somebody put a copy in the place of the desk's file
        entries = store.desk.execute(
            "SELECT seq, kind, source, remote_id FROM desk_changes WHERE seq > ? ORDER BY seq LIMIT ?",
            (0 if another else seq, _MOST),
        ).fetchall()
        names: list[tuple[str, ...]] = [(source, remote_id) for _, _, source, remote_id in entries if source]
        mails = {remote_id for _, kind, source, remote_id in entries if kind == _MAIL and not source and remote_id}
        kinds = {kind for _, kind, _, _ in entries}
        if another or "restored" in kinds:
            names += _decided(store, _ABOUT_ORDERS, "source, remote_id")
            mails |= {mail for (mail,) in _decided(store, _ABOUT_MAILS, "mail")}
        if another:
            orders = [order for (order,) in cache.execute("SELECT order_id FROM queue_row")]
        else:
            orders = list(_named(store, names))
        if mails:
            orders += relink_named(store, policy, mails, now)
        if another or kinds & {"identity", "restored"}:
            named = [(source, remote_id) for _, kind, source, remote_id in entries if kind == "identity" and source]
            about = list(_named(store, named))
            before = of_same_persons(cache, about)
            join_persons(store)
            theirs = dict.fromkeys([*before, *of_same_persons(cache, about), *about])
            orders += [*relink_people(store, policy, theirs, now), *theirs]
        if "restored" in kinds:
            orders += _of_decided_customers(store)
        if kinds & {"customer", "restored"}:
            orders += of_same_persons(cache, orders)
        if kinds & {"absence", "restored"}:
            orders += _in_hands(cache)
        cache.executemany("INSERT OR IGNORE INTO dirty(order_id) VALUES (?)", [(order,) for order in orders])
        applied = entries[-1][0] if entries else last
        cache.execute("INSERT OR REPLACE INTO meta(key, value) VALUES ('desk_seq', ?)", (str(applied),))
        return len(entries), orders


def _of_decided_customers(store: Workspace) -> list[int]:
    """Orders of the customers about whom something was decided."""
    found: list[int] = []
    for (name,) in store.desk.execute("SELECT customer FROM customer_decisions"):
        source, _, remote_id = name.removeprefix("customer:").partition(":")
        rows = store.cache.execute(
            "SELECT o.id FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.source=? AND c.remote_id=?",
            (source, remote_id),
        )
        found += [order for (order,) in rows]
    return found


def _in_hands(cache: Connection) -> list[int]:
    """Open orders of which somebody may be away."""
    text = "SELECT order_id FROM queue_row WHERE {} <> '' AND is_open = 1"
    found = [cache.execute(text.format(column)) for column in ("owner", "account_manager")]
    return list(dict.fromkeys(order for rows in found for (order,) in rows))


def _named(store: Workspace, names: Iterable[tuple[str, ...]]) -> Iterator[int]:
    """The orders called so that are in the cache, each once, in the order of their last naming."""
    latest = dict.fromkeys(reversed(list(names)))
    yield from ids_of(store.cache, ((source, remote_id) for source, remote_id in reversed(latest))).values()


def _decided(store: Workspace, tables: Iterable[str], columns: str) -> list[tuple[str, ...]]:
    """Everything that has a row in one of these tables of the desk."""
    return [row for table in tables for row in store.desk.execute(f"SELECT DISTINCT {columns} FROM {table}")]
