"""Mail into the cache, a page at a time: rows, conversations, orders, full text, counts, and what screens read again.

Every function here works inside the caller's transaction, together with the page's cursor. A message is never deleted:
what is no longer in its mailbox is marked. Statements are per page and not per message.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from oms_tui.domain.safe_text import searchable
from oms_tui.domain.vocabulary import MailState
from oms_tui.store import mail_links, mail_matching, mail_rows, mail_threads
from oms_tui.store.ids import timed_id
from oms_tui.store.mail_rows import ASKED_IN_VAIN, Key, Mail
from oms_tui.store.rows import chunks, insert, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.driver import Connection
    from oms_tui.store.workspace import Workspace

_INDEXED: Final = 20_000  # characters of a mail's text in the full-text index


@dataclass(slots=True)
class MailBatch:
    """One page of a mailbox, made safe.

    ``moved`` are (old place, new place); ``flags`` (place, JSON); ``unreadable`` (place, reason).
    """

    mails: list[Mail] = field(default_factory=list)
    gone: list[Key] = field(default_factory=list)
    moved: list[tuple[Key, Key]] = field(default_factory=list)
    flags: list[tuple[Key, str]] = field(default_factory=list)
    unreadable: list[tuple[Key, str]] = field(default_factory=list)

    def __iadd__(self, other: MailBatch) -> Self:
        self.mails += other.mails
        self.gone += other.gone
        self.moved += other.moved
        self.flags += other.flags
        self.unreadable += other.unreadable
        return self


@dataclass(slots=True)
class MailTaken:
    """How many messages of a page are new, by state, and how many went; where those lie that can be read after all."""

    linked: int = 0
    unlinked: int = 0
    quarantined: int = 0
    gone: int = 0
    recovered: list[Key] = field(default_factory=list)

    @property
    def fetched(self) -> int:
        """All that are new."""
        return self.linked + self.unlinked + self.quarantined


def ingest_mail(store: Workspace, policy: DeskPolicy, source: str, batch: MailBatch, now: int) -> MailTaken:
    """Take in a page of a mailbox; the same page again changes nothing.

    Args:
        store: the cache, in a transaction.
        policy: the desk's rules.
        source: the mailbox's name in the config.
        batch: the page.
        now: milliseconds since 1970 UTC.
    """
    taken = MailTaken()
    cache = store.cache
    _move(cache, source, batch.moved, now)
    _flag(cache, source, batch.flags, now)
    taken.gone = _mark_gone(store, policy, source, batch.gone, now)
    fresh, again, taken.recovered = _sorted_out(store, source, batch)
    _take_bodies(store, policy, again, now)
    if fresh:
        _insert(store, policy, fresh, now)
        taken.linked = sum(1 for mail in fresh if mail.state == MailState.LINKED)
        taken.unlinked = sum(1 for mail in fresh if mail.state == MailState.UNLINKED)
        taken.quarantined = len(fresh) - taken.linked - taken.unlinked
    return taken


def ingest_bodies(
    store: Workspace, policy: DeskPolicy, source: str, mails: Sequence[Mail], *, asked: Iterable[Key], now: int
) -> None:
    """The text of messages that were known by their header; what was asked for in vain is not asked for again."""
    there = mail_rows.placed(store.cache, source, [mail.key for mail in mails])
    known = [mail for mail in mails if mail.key in there]
    for mail in known:
        mail.id = there[mail.key][0]
    _take_bodies(store, policy, known, now)
    came = {mail.key for mail in mails}
    vain = [(ASKED_IN_VAIN, now, source, *key) for key in asked if key not in came]
    store.cache.executemany(
        "UPDATE messages SET has_body=?, synced_at=? "
        "WHERE source=? AND folder=? AND generation=? AND uid=? AND has_body=0",
        vain,
    )


# ---- new messages


def _sorted_out(store: Workspace, source: str, batch: MailBatch) -> tuple[list[Mail], list[Mail], list[Key]]:
    """The messages of a page that are new, those known only by their header, and places that were unreadable before."""
    cache = store.cache
    mails = {mail.key: mail for mail in batch.mails}
    for key, reason in batch.unreadable:
        if key not in mails:
            mails[key] = Mail(source, *key, at=0, state=MailState.QUARANTINED, reason=reason)
    there = mail_rows.placed(cache, source, mails)
    readable_now = {
        key for key, mail in mails.items() if key in there and there[key][1] == MailState.QUARANTINED != mail.state
    }
    _forget_quarantined(store, [there[key][0] for key in readable_now])
    fresh: list[Mail] = []
    again: list[Mail] = []
    back: list[tuple[int, str, int | None]] = []
    for key, mail in mails.items():
        known = there.get(key)
        if known is None or key in readable_now:
            fresh.append(mail)
            continue
        mail.id, state, conversation, has_body, gone_at = known
        if gone_at is not None:
            back.append((mail.id, state, conversation))
        if mail.has_body == 1 != has_body:
            again.append(mail)
    if back:
        cache.executemany("UPDATE messages SET gone_at=NULL WHERE id=?", [(number,) for number, *_ in back])
        mail_links.count_states(store, (("", state) for _, state, _ in back))
    return fresh, again, list(readable_now)


def _forget_quarantined(store: Workspace, ids: Sequence[int]) -> None:
    for part in chunks(ids):
        store.cache.execute(f"DELETE FROM messages WHERE id IN ({marks(len(part))})", list(part))
    mail_links.count_states(store, ((MailState.QUARANTINED, "") for _ in ids))


def _insert(store: Workspace, policy: DeskPolicy, fresh: list[Mail], now: int) -> None:
    cache, own = store.cache, policy.own_addresses
    _give_ids(cache, fresh, now)
    fresh.sort(key=lambda mail: mail.id)  # the full-text index writes out what it holds whenever an id goes back
    readable = [mail for mail in fresh if mail.state != MailState.QUARANTINED]
    touched = mail_threads.place(cache, readable, mail_threads.moves(store.desk), own)
    stored = mail_rows.load(cache, "conversation_id", touched)
    found, carried = mail_matching.link(store, policy, readable, stored=stored)
    cache.executemany(insert("messages"), [mail_rows.row(mail, now) for mail in fresh])
    cache.executemany(f"INSERT INTO {_FULL_TEXT}", [_indexed(mail) for mail in readable])
    orders = mail_links.write(store, found, fresh={mail.id for mail in readable})
    cache.executemany("UPDATE messages SET state=?, reason=? WHERE id=?", [(m.state, m.reason, m.id) for m in carried])
    mail_links.count_states(store, (("", mail.state) for mail in fresh))
    mail_links.count_states(store, ((MailState.UNLINKED, MailState.LINKED) for mail in carried if mail.gone_at is None))
    mail_threads.derive(cache, store.desk, [*stored, *readable], own, now, known=touched)
    orders |= mail_links.orders_on(store, touched)
    orders |= mail_links.link_returns(store, policy, [*readable, *carried], now)
    orders |= mail_links.wait_again(store, policy, readable, now)
    mail_links.tell(store, [mail.id for mail in (*fresh, *carried)], orders)


def _give_ids(cache: Connection, mails: Sequence[Mail], now: int) -> None:
    """An id for each, moved on by one where it is taken (a mail and its copy often share a second)."""
    wanted: dict[int, Mail] = {}
    for mail in mails:
        mail.at = mail.at or now
        number = timed_id(mail.at, f"{mail.source}\x1f{mail.folder}\x1f{mail.generation}\x1f{mail.uid}")
        while number in wanted:
            number += 1
        wanted[number] = mail
    taken: set[int] = set()
    for part in chunks(wanted):
        query = f"SELECT id FROM messages WHERE id IN ({marks(len(part))})"
        taken.update(number for (number,) in cache.execute(query, list(part)))
    for number, mail in wanted.items():
        free = number
        while free in taken or (free != number and free in wanted):
            free += 1
            if cache.execute("SELECT 1 FROM messages WHERE id=?", (free,)).fetchone():
                taken.add(free)
        taken.add(free)
        mail.id = free


_FULL_TEXT: Final = "messages_fts(rowid, subject, sender, body) VALUES (?,?,?,?)"


def _indexed(mail: Mail) -> tuple[int, str, str, str]:
    """Its words: reply addresses with them, by which an order that comes later finds the mail."""
    signed = [address for address in (*mail.to, *mail.cc, *mail.delivered_to) if "+" in address]
    return (
        mail.id,
        searchable(mail.subject),
        searchable(" ".join((mail.sender_name, mail.sender, *signed))),
        searchable(mail.text[:_INDEXED]) if mail.text else "",
    )


# ---- messages that are known


def _take_bodies(store: Workspace, policy: DeskPolicy, mails: Sequence[Mail], now: int) -> None:
    """Text for messages known only by their header; they may name more now, and refer to more (a bounce does)."""
    if not mails:
        return
    cache = store.cache
    before = {mail.id: mail for mail in mail_rows.load(cache, "id", [mail.id for mail in mails])}
    cache.executemany(
        "UPDATE messages SET has_body=1, text=?, quoted=?, attachments=?, warnings=?, refs=?, auto=?, synced_at=? "
        "WHERE id=?",
        [
            (
                mail.text,
                mail_rows.packed(mail.quoted),
                mail.attachments,
                mail_rows.packed(tuple(dict.fromkeys((*before[mail.id].warnings, *mail.warnings)))),
                mail_rows.packed(mail.references),
                mail.auto,
                now,
                mail.id,
            )
            for mail in mails
        ],
    )
    in_order = sorted(mails, key=lambda mail: mail.id)
    cache.executemany(f"INSERT OR REPLACE INTO {_FULL_TEXT}", [_indexed(mail) for mail in in_order])
    by_hand = _linked_by_hand(cache, before)
    turned = [
        mail.id for mail in mails if mail.auto != before[mail.id].auto or mail.references != before[mail.id].references
    ]
    told = mail_matching.name_orders(
        store,
        [mail for mail in mails if mail.id not in by_hand and mail.id not in turned],
        linked={number for number, mail in before.items() if mail.state == MailState.LINKED},
    )
    if turned:
        mail_links.relink(store, policy, turned, now)
    if told:
        conversations = {before[number].conversation for number in told} - {None}
        whole = mail_rows.load(
            cache, "conversation_id", [each for each in conversations if each is not None], text=True
        )
        mail_links.rematch(store, policy, whole, now)
    settled = {*turned, *told}
    returned = mail_links.wait_again(store, policy, mails, now)
    mail_links.tell(store, [mail.id for mail in mails if mail.id not in settled], returned)


def _linked_by_hand(cache: Connection, ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for part in chunks(ids):
        query = f"SELECT message FROM message_links WHERE linked_by<>'' AND message IN ({marks(len(part))})"
        found.update(number for (number,) in cache.execute(query, list(part)))
    return found


def _move(cache: Connection, source: str, moved: Sequence[tuple[Key, Key]], now: int) -> None:
    """The mailbox was numbered anew: the same messages, links and decisions under other places."""
    for old, new in moved:
        cache.execute(
            "UPDATE OR IGNORE messages SET folder=?, generation=?, uid=?, synced_at=? "
            "WHERE source=? AND folder=? AND generation=? AND uid=?",
            (*new, now, source, *old),
        )


def _flag(cache: Connection, source: str, flags: Sequence[tuple[Key, str]], now: int) -> None:
    cache.executemany(
        "UPDATE messages SET flags=?, synced_at=? WHERE source=? AND folder=? AND generation=? AND uid=?",
        [(value, now, source, *key) for key, value in flags],
    )


def _mark_gone(store: Workspace, policy: DeskPolicy, source: str, keys: Sequence[Key], now: int) -> int:
    """Mark what is no longer in the mailbox: it stays on its orders, and waits for no link any more."""
    if not keys:
        return 0
    cache = store.cache
    there = [each for each in mail_rows.placed(cache, source, keys).values() if each[4] is None]
    cache.executemany("UPDATE messages SET gone_at=?, synced_at=? WHERE id=?", [(now, now, each[0]) for each in there])
    mail_links.count_states(store, ((state, "") for _, state, *_ in there))
    conversations = {each[2] for each in there if each[2] is not None}
    mails = mail_rows.load(cache, "conversation_id", conversations)
    mail_threads.derive(cache, store.desk, mails, policy.own_addresses, now)
    mail_links.tell(store, [each[0] for each in there], ())
    return len(there)
