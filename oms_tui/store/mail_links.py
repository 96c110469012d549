"""Which mails lie on which orders: kept, and derived anew when people decide or orders arrive.

People's decisions (desk table ``link_decisions``) are keyed by a mail's content and always win, so they survive a cache
that is made again. Everything here works in one cache transaction, the caller's if there is one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from oms_tui.domain import normalise, reply_token
from oms_tui.domain.vocabulary import Direction, MailState
from oms_tui.store import mail_rows, mail_threads
from oms_tui.store.driver import transaction
from oms_tui.store.mail_matching import Links, link, telling
from oms_tui.store.order_sketches import sketches
from oms_tui.store.rows import chunks, insert, marks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.mail_rows import Mail
    from oms_tui.store.workspace import Workspace

_MOST_TOLD: Final = 250  # mails of one transaction that a screen is told of one by one
_MOST_REMATCHED: Final = (
    500  # unlinked mails looked at when orders arrive: of their addresses, of their reply addresses
)


# ---- keeping


def write(store: Workspace, found: Mapping[int, Links], *, fresh: Collection[int] = ()) -> set[int]:
    """Write the links of mails as the only ones they have. ``fresh`` mails have none yet.

    Returns:
        the orders that gained or lost a mail.
    """
    cache = store.cache
    touched: set[int] = set()
    for part in chunks([number for number in found if number not in fresh]):
        query = f"message IN ({marks(len(part))})"
        touched.update(
            order for (order,) in cache.execute(f"SELECT order_id FROM message_links WHERE {query}", list(part))
        )
        cache.execute(f"DELETE FROM message_links WHERE {query}", list(part))
    rows = [(number, order, *how) for number, links in found.items() if links.of for order, how in links.of.items()]
    cache.executemany(insert("message_links"), rows)
    touched.update(row[1] for row in rows)
    return touched


def orders_on(store: Workspace, conversations: Iterable[int]) -> set[int]:
    """The orders on which mails of these conversations lie."""
    found: set[int] = set()
    for part in chunks(conversations):
        query = (
            "SELECT DISTINCT l.order_id FROM messages m JOIN message_links l ON l.message=m.id "
            f"WHERE m.conversation_id IN ({marks(len(part))})"
        )
        found.update(order for (order,) in store.cache.execute(query, list(part)))
    return found


def tell(store: Workspace, messages: Sequence[int], orders: Iterable[int]) -> None:
    """Mark orders to be derived again, and say in the feed which mails moved; very many at once as one line."""
    store.cache.executemany("INSERT OR IGNORE INTO dirty(order_id) VALUES (?)", [(order,) for order in orders])
    if len(messages) > _MOST_TOLD:
        store.cache.execute("INSERT INTO change_log(kind, ref) VALUES ('everything', 0)")
    else:
        store.cache.executemany(
            "INSERT INTO change_log(kind, ref) VALUES ('message', ?)", [(number,) for number in messages]
        )


def count_states(store: Workspace, moves: Iterable[tuple[str, str]]) -> None:
    """Keep the counts of each state: (before, after) of every mail, "" for not there."""
    more: dict[str, int] = {}
    for before, after in moves:
        if before != after:
            more[before] = more.get(before, 0) - 1
            more[after] = more.get(after, 0) + 1
    for state, count in more.items():
        if state:
            mail_threads.count_badge(store.cache, f"mail.{state}", count)


# ---- when people decide


def relink_named(store: Workspace, policy: DeskPolicy, names: Iterable[str], now: int) -> set[int]:
    """Read again what people decided about mails, by their content names (as the desk's change feed gives them)."""
    return relink(store, policy, [mail.id for mail in mail_rows.named(store.cache, names)], now)


def relink(store: Workspace, policy: DeskPolicy, message_ids: Iterable[int], now: int) -> set[int]:
    """Derive the conversations of these mails anew by what people decided: who is in them, on which orders, who waits.

    Whatever a rule had linked in them is found again from nothing, so that a decision taken back leaves no trace.

    Returns:
        the orders touched; they are marked dirty as well.
    """
    with transaction(store.cache) as cache:
        given = mail_rows.load(cache, "id", message_ids)
        conversations = {mail.conversation for mail in given if mail.conversation is not None}
        if not conversations:
            return set()
        moved = mail_threads.moves(store.desk)
        targets = mail_rows.named(cache, {moved.to[mail.name] for mail in given if mail.name in moved.to})
        conversations |= {mail.conversation for mail in targets if mail.conversation is not None}
        conversations = mail_threads.rethread(cache, conversations, moved, policy.own_addresses)
        return rematch(store, policy, mail_rows.load(cache, "conversation_id", conversations, text=True), now)


def rematch(store: Workspace, policy: DeskPolicy, mails: Sequence[Mail], now: int) -> set[int]:
    """Match whole conversations from nothing; returns the orders touched."""
    with transaction(store.cache) as cache:
        before = {mail.id: mail.state for mail in mails}
        ids = list(before)
        touched = write(store, {number: Links() for number in ids})
        found, _ = link(store, policy, mails)
        touched |= write(store, found, fresh=ids)
        cache.executemany(
            "UPDATE messages SET state=?, reason=?, warnings=? WHERE id=?",
            [(mail.state, mail.reason, mail_rows.packed(mail.warnings), mail.id) for mail in mails],
        )
        count_states(store, ((before[mail.id], mail.state) for mail in mails if mail.gone_at is None))
        conversations = mail_threads.derive(cache, store.desk, mails, policy.own_addresses, now)
        touched |= link_returns(store, policy, mails, now)
        tell(store, ids, touched | orders_on(store, conversations))
        return touched


def link_returns(store: Workspace, policy: DeskPolicy, mails: Iterable[Mail], now: int) -> set[int]:
    """A bounce may be read before the mail of ours that it returns: link those; returns the orders touched."""
    sent = [
        each.message_id for each in mails if each.direction == Direction.OUTBOUND and each.state == MailState.LINKED
    ]
    conversations = mail_threads.returns_of(store.cache, sent) if sent else set()
    if not conversations:
        return set()
    returned = mail_rows.load(store.cache, "conversation_id", conversations, text=True)
    if all(mail.state == MailState.LINKED for mail in returned):
        return set()
    return rematch(store, policy, returned, now)


def wait_again(store: Workspace, policy: DeskPolicy, mails: Iterable[Mail], now: int) -> set[int]:
    """Who is told of by a bounce among these mails waits for an answer again; returns the orders touched."""
    names = {name for mail in mails if mail.auto == "bounce" for name in mail.references}
    found: set[int] = set()
    for part in chunks(names):
        query = (
            f"SELECT conversation_id FROM messages WHERE message_id IN ({marks(len(part))}) AND direction='outbound' "
            "AND conversation_id IS NOT NULL"
        )
        found |= {number for (number,) in store.cache.execute(query, list(part))}
    if not found:
        return set()
    sent = mail_rows.load(store.cache, "conversation_id", found)
    return orders_on(store, mail_threads.derive(store.cache, store.desk, sent, policy.own_addresses, now))


def relink_people(store: Workspace, policy: DeskPolicy, orders: Iterable[int], now: int) -> set[int]:
    """Who writes may be somebody else now: match the mails again that came from what is or was their address.

    Args:
        store: both files.
        policy: the desk's rules.
        orders: whose customers people decided about.
        now: milliseconds since 1970 UTC.
    """
    addresses: set[str] = set()
    for part in chunks(list(orders)):
        place = marks(len(part))
        known = store.cache.execute(
            "SELECT i.value, 'customer:' || p.source || ':' || p.remote_id FROM orders o JOIN customers c "
            "ON c.id=o.customer_id JOIN customers p ON p.person_id=c.person_id LEFT JOIN customer_identities i "
            f"ON i.customer_id=p.id AND i.kind='email' WHERE o.id IN ({place})",
            list(part),
        ).fetchall()
        addresses |= {value for value, _ in known if value}
        for names in chunks({name for _, name in known}):
            query = (
                f'SELECT "right" FROM identity_decisions WHERE "left" IN ({marks(len(names))}) '
                "AND \"right\" LIKE 'email:%'"
            )
            addresses |= {right.removeprefix("email:") for (right,) in store.desk.execute(query, list(names))}
    conversations: set[int] = set()
    for variants in chunks([variant for each in addresses - policy.own_addresses for variant in _variants(each)]):
        query = (
            f"SELECT conversation_id FROM messages WHERE from_address IN ({marks(len(variants))}) "
            "AND direction='inbound' AND conversation_id IS NOT NULL ORDER BY sent_at DESC LIMIT ?"
        )
        conversations |= {number for (number,) in store.cache.execute(query, [*variants, _MOST_REMATCHED])}
    if not conversations:
        return set()
    return rematch(store, policy, mail_rows.load(store.cache, "conversation_id", conversations, text=True), now)


def wake(store: Workspace, policy: DeskPolicy, now: int, *, limit: int = _MOST_REMATCHED) -> list[int]:
    """Bring back the conversations that were put aside until now; returns the orders they lie on."""
    with transaction(store.cache) as cache:
        over = cache.execute(
            "SELECT id FROM conversations WHERE snoozed_until <= ? ORDER BY snoozed_until LIMIT ?", (now, limit)
        ).fetchall()
        if not over:
            return []
        mails = mail_rows.load(cache, "conversation_id", [number for (number,) in over])
        conversations = mail_threads.derive(cache, store.desk, mails, policy.own_addresses, now)
        orders = orders_on(store, conversations)
        tell(store, [mail.id for mail in mails], orders)
        return sorted(orders)


# ---- when orders arrive


def rematch_unlinked(store: Workspace, policy: DeskPolicy, order_ids: Iterable[int], now: int) -> set[int]:
    """Orders arrived, and mails about them may have been there before: link those; returns the orders touched.

    Looked at are unlinked mails only: of the orders' known addresses, to their reply addresses, sent from here about
    them, and those that people decided on. An order nobody wrote about costs some lookups.
    """
    wanted = list(dict.fromkeys(order_ids))
    if not wanted or _none_unlinked(store):
        return set()
    ids = {*_from_known_addresses(store, policy, wanted), *_to_reply_addresses(store, wanted)}
    found = {mail.id: mail for mail in mail_rows.load(store.cache, "id", ids, text=True)}
    mails = telling(store, list(found.values())) + _named_on_the_desk(store, wanted)
    conversations = {mail.conversation for mail in mails if mail.conversation is not None}
    if not conversations:
        return set()
    with transaction(store.cache) as cache:
        return rematch(store, policy, mail_rows.load(cache, "conversation_id", conversations, text=True), now)


def _none_unlinked(store: Workspace) -> bool:
    return store.cache.execute("SELECT 1 FROM messages WHERE state='unlinked' LIMIT 1").fetchone() is None


def _from_known_addresses(store: Workspace, policy: DeskPolicy, orders: Sequence[int]) -> list[int]:
    addresses = {
        normalise.email(address) for sketch in sketches(store, orders).values() for address in sketch.emails
    } - policy.own_addresses
    ids: list[int] = []
    for part in chunks([variant for address in addresses for variant in _variants(address)]):
        query = (
            f"SELECT id FROM messages WHERE from_address IN ({marks(len(part))}) AND state='unlinked' "
            "AND direction='inbound' ORDER BY sent_at DESC LIMIT ?"
        )
        ids += [number for (number,) in store.cache.execute(query, [*part, _MOST_REMATCHED])]
    return ids


def _variants(address: str) -> tuple[str, ...]:
    """The ways a normalised address stands in a mail's row."""
    local, _, domain = address.rpartition("@")
    return (address, f"{local}@googlemail.com") if domain == "gmail.com" else (address,)


def _to_reply_addresses(store: Workspace, orders: Sequence[int]) -> list[int]:
    """Mails to the reply address of one of the orders: its name in the address is a word of the full-text index."""
    ids: list[int] = []
    for part in chunks(orders):
        words = " OR ".join(f'"{reply_token.word(order)}"' for order in part)
        query = "SELECT rowid FROM messages_fts WHERE messages_fts MATCH ? ORDER BY rowid DESC LIMIT ?"
        ids += [number for (number,) in store.cache.execute(query, (f"{{sender}}: ({words})", _MOST_REMATCHED))]
    return ids


def _named_on_the_desk(store: Workspace, orders: Sequence[int]) -> list[Mail]:
    """Mails that people put on one of the orders or took off it; copies of what left from here, and answers to it."""
    desk, cache = store.desk, store.cache
    if not any(desk.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in ("link_decisions", "outbox")):
        return []
    names: list[str] = []
    own_ids: list[str] = []
    sent: list[tuple[str, str]] = []
    for part in chunks(orders):
        query = f"SELECT source, remote_id FROM orders WHERE id IN ({marks(len(part))})"
        for order in cache.execute(query, list(part)).fetchall():
            decided = desk.execute("SELECT mail FROM link_decisions WHERE source=? AND remote_id=?", order)
            names += [name for (name,) in decided]
            left = desk.execute("SELECT id, message_id, recipients FROM outbox WHERE source=? AND remote_id=?", order)
            for own_id, message_id, recipients in left:
                own_ids.append(own_id)
                names.append(message_id)
                sent += [(message_id, normalise.email(each)) for each in json.loads(recipients)]
    copies = mail_rows.load(cache, "own_id<>'' AND own_id", own_ids)
    answers = mail_rows.load(cache, "conversation_id", mail_threads.conversations_about(cache, sent))
    return [*mail_rows.named(cache, filter(None, names)), *copies, *answers]
