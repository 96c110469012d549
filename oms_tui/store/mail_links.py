"""Which mails lie on which orders: what a rule proves, what people decided, and what follows from both.

People's decisions (desk table ``link_decisions``) are keyed by a mail's content, always win, and so survive a cache that
is made again. Everything here works in one cache transaction (the caller's, if there is one).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from oms_tui.domain import mail_numbers, normalise, reply_token
from oms_tui.domain.matching import CONFIDENCE, KnownMail, LinkReason, match
from oms_tui.domain.vocabulary import Direction, MailState
from oms_tui.store import mail_rows, mail_threads
from oms_tui.store.driver import transaction
from oms_tui.store.mail_lookup import StoreLookup
from oms_tui.store.mail_rows import content_name
from oms_tui.store.rows import chunks, insert, marks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.mail_rows import Mail
    from oms_tui.store.workspace import Workspace

__all__ = ["content_name", "link", "relink", "relink_named", "rematch_unlinked"]

_MOST_REMATCHED: Final = 500  # unlinked mails of an order's known addresses that are looked at when it arrives
_MOST_OF_THREAD: Final = 500  # mails of one conversation that a link is carried through
_DIGITS: Final = re.compile(r"\d\D*\d\D*\d")  # fewer are no number of anything
_NO_REASON: Final = "names no order, and answers no mail of one"
_REASONS: Final = {
    "bounce": "a mail that came back, of no order we know",
    "list": "a mailing list",
    "bulk": "bulk mail",
    "auto-generated": "sent by a machine",
    "auto-replied": "an automatic answer",
    "receipt": "a receipt that a mail was read",
}


@dataclass(slots=True)
class Links:
    """What a mail lies on: reason, confidence and by whom ("" a rule) for each order."""

    of: dict[int, tuple[str, int, str]] = field(default_factory=dict)
    why_not: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """The strongest reason, or why there is none."""
        best = max(self.of.values(), key=lambda each: each[1], default=None)
        return best[0] if best else self.why_not

    @property
    def state(self) -> str:
        """Linked or unlinked."""
        return MailState.LINKED if self.of else MailState.UNLINKED


@dataclass(slots=True)
class _Decided:
    """What people decided about one mail: orders it was put on, with who did, and orders it was taken off."""

    on: dict[int, str] = field(default_factory=dict)
    off: set[int] = field(default_factory=set)


def link(
    store: Workspace,
    policy: DeskPolicy,
    mails: Sequence[Mail],
    *,
    stored: Sequence[Mail] = (),
) -> tuple[dict[int, Links], list[Mail]]:
    """Find the orders of mails that are being taken in, and of the unlinked mails of their conversations.

    Args:
        store: the cache, in a transaction; ``mails`` need not be in it yet.
        policy: the desk's rules.
        mails: with their conversations; ``state`` and ``reason`` are set on them.
        stored: the other mails of their conversations, which are in the cache already.

    Returns:
        what was found of each mail by its id, and the mails of ``stored`` that are linked now because of it.
    """
    lookup = StoreLookup(store, proof=True)
    names = {mail.name for mail in mails}
    decided = _decisions(store, names)
    found: dict[int, Links] = {}
    for mail in mails:
        found[mail.id] = Links(why_not=_REASONS.get(mail.auto, _NO_REASON))
    told: set[int] = set()
    for mail in _telling(sorted(mails, key=lambda mail: (mail.at, mail.id)), lookup):
        links = found[mail.id]
        _match(mail, policy, lookup, links)
        _decide(links, decided.get(mail.name))
        _learn(lookup, mail, links, told)
    for mail in mails if decided else ():
        _decide(found[mail.id], decided.get(mail.name))
    carried = _carry(store, policy, mails, stored, found, lookup, told)
    for mail in (*mails, *carried):
        links = found[mail.id]
        mail.state, mail.reason = links.state, links.reason
        if links.warnings:
            mail.warnings = tuple(dict.fromkeys((*mail.warnings, *links.warnings)))
    return found, carried


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
    rows = [
        (number, order, *values) for number, links in found.items() if links.of for order, values in links.of.items()
    ]
    cache.executemany(insert("message_links"), rows)
    touched.update(row[1] for row in rows)
    return touched


# ---- when people decide, or orders arrive


def relink_named(store: Workspace, policy: DeskPolicy, names: Iterable[str], now: int) -> set[int]:
    """Read again what people decided about mails, by their content names (as the desk's change feed gives them)."""
    return relink(store, policy, [mail.id for mail in mail_rows.named(store.cache, names)], now)


def relink(store: Workspace, policy: DeskPolicy, message_ids: Iterable[int], now: int) -> set[int]:
    """Derive the conversations of these mails anew, with what people decided: who is in them, on which orders, who waits.

    Everything that a rule had linked in them is found again from nothing, so that a decision taken back leaves no trace.

    Returns:
        the orders touched (they are marked dirty as well).
    """
    with transaction(store.cache) as cache:
        given = mail_rows.load(cache, "id", message_ids)
        conversations = {mail.conversation for mail in given if mail.conversation is not None}
        if not conversations:
            return set()
        moved = mail_threads.moves(store.desk)
        targets = {moved.to[mail.name] for mail in given if mail.name in moved.to}
        conversations |= {
            mail.conversation for mail in mail_rows.named(cache, targets) if mail.conversation is not None
        }
        conversations = mail_threads.rethread(cache, conversations, moved, policy.own_addresses)
        return rematch(store, policy, mail_rows.load(cache, "conversation_id", conversations, text=True), now)


def rematch(store: Workspace, policy: DeskPolicy, mails: Sequence[Mail], now: int) -> set[int]:
    """Match whole conversations from nothing; returns the orders touched."""
    with transaction(store.cache) as cache:
        before = {mail.id: mail.state for mail in mails}
        ids = [mail.id for mail in mails]
        touched = write(store, {number: Links() for number in ids})
        found, _ = link(store, policy, mails)
        touched |= write(store, found, fresh=ids)
        cache.executemany(
            "UPDATE messages SET state=?, reason=?, warnings=? WHERE id=?",
            [(mail.state, mail.reason, mail_rows.packed(mail.warnings), mail.id) for mail in mails],
        )
        count_states(store, ((before[mail.id], mail.state) for mail in mails if mail.gone_at is None))
        conversations = mail_threads.derive(cache, store.desk, mails, policy.own_addresses, now)
        tell(store, ids, touched | orders_on(store, conversations))
        return touched


def rematch_unlinked(store: Workspace, policy: DeskPolicy, order_ids: Iterable[int], now: int) -> set[int]:
    """Orders arrived: link the unlinked mails from their known addresses that name them; returns the orders touched.

    Looks at the newest unlinked mails of those addresses only, so an order of a customer who never wrote costs a lookup.
    """
    from oms_tui.store.order_sketches import sketches

    wanted = list(dict.fromkeys(order_ids))
    if not wanted:
        return set()
    addresses = {
        address
        for sketch in sketches(store, wanted).values()
        for address in map(normalise.email, sketch.emails)
        if address not in policy.own_addresses
    }
    ids: list[int] = []
    for part in chunks([variant for address in addresses for variant in _variants(address)]):
        query = (
            f"SELECT id FROM messages WHERE from_address IN ({marks(len(part))}) AND state='unlinked' "
            "AND direction='inbound' ORDER BY sent_at DESC LIMIT ?"
        )
        ids += [number for (number,) in store.cache.execute(query, [*part, _MOST_REMATCHED])]
    if not ids:
        return set()
    with transaction(store.cache):
        mails = mail_rows.load(store.cache, "id", ids, text=True)
        lookup = StoreLookup(store, proof=True)
        hits = {mail.id for mail in _telling(mails, lookup)}
        conversations = {mail.conversation for mail in mails if mail.id in hits and mail.conversation is not None}
        if not conversations:
            return set()
        whole = mail_rows.load(store.cache, "conversation_id", conversations, text=True)
        return rematch(store, policy, whole, now)


def _variants(address: str) -> tuple[str, ...]:
    """The ways a normalised address stands in a mail's row."""
    local, _, domain = address.rpartition("@")
    return (address, f"{local}@googlemail.com") if domain == "gmail.com" else (address,)


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


def tell(store: Workspace, messages: Iterable[int], orders: Iterable[int]) -> None:
    """Mark orders to be derived again, and say in the feed which mails moved."""
    store.cache.executemany("INSERT OR IGNORE INTO dirty(order_id) VALUES (?)", [(order,) for order in orders])
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


# ---- by its own words


def name_orders(store: Workspace, mails: Sequence[Mail]) -> list[int]:
    """Which of these mails name a number that some order has."""
    lookup = StoreLookup(store, proof=True)
    numbers = _numbers(mails, lookup)
    return [mail.id for mail in mails if lookup.names_an_order(numbers.get(mail.id, ()))]


def _telling(mails: Sequence[Mail], lookup: StoreLookup) -> Iterator[Mail]:
    """The mails that say anything by which an order could be proved: most do not, and are not matched at all."""
    numbers = _numbers(mails, lookup)
    ids = {mail.id: (mail.message_id, mail.in_reply_to, *mail.references) for mail in mails}
    lookup.expect_mails(name for names in ids.values() for name in names if name)
    for mail in mails:
        if (
            lookup.is_known(ids[mail.id])
            or (mail.id in numbers and lookup.names_an_order(numbers[mail.id]))
            or "+" in " ".join(mail.delivered_to + mail.to + mail.cc)
            or (mail.own_id and mail.direction == Direction.OUTBOUND)
        ):
            yield mail


def _numbers(mails: Sequence[Mail], lookup: StoreLookup) -> dict[int, list[str]]:
    """Whatever looks like a number in each mail, with what the cache knows of them fetched at once."""
    numbers: dict[int, list[str]] = {}
    for mail in mails:
        text = f"{mail.subject}\n{mail.text}" if mail.text else mail.subject
        if not _DIGITS.search(text):
            continue
        likely = [*mail_numbers.order_numbers(text), *mail_numbers.parcel_numbers(text)]
        likely += mail_numbers.identifiers(text)
        if likely:
            numbers[mail.id] = likely
    lookup.expect_numbers(number for likely in numbers.values() for number in likely)
    return numbers


def _ids(mail: Mail) -> list[str]:
    return [name for name in (mail.message_id, mail.in_reply_to, *mail.references) if name]


def _match(mail: Mail, policy: DeskPolicy, lookup: StoreLookup, links: Links) -> None:
    own: Collection[str] = policy.own_addresses
    outbound = mail.direction == Direction.OUTBOUND
    if outbound:
        own = {*own, normalise.email(mail.sender)}  # Sent may hold mail from an alias nobody configured
        for order in lookup.sent_here(mail.own_id, mail.message_id):
            _add(links, order, LinkReason.SENT_HERE)
    result = match(mail.facts(policy.own_addresses), lookup, own_addresses=own, key=policy.key)
    for each in result.links:
        _add(links, each.order, each.reason)
    links.warnings = result.warnings
    telling = next(
        (item.words for candidate in result.candidates for item in candidate.evidence if item.kind in _NAMED), ""
    )
    links.why_not = telling or links.why_not


_NAMED: Final = frozenset({"thread", "token", "number", "tracking", "invoice", "payment"})


def _add(links: Links, order: int, reason: LinkReason) -> None:
    links.of.setdefault(order, (str(reason), CONFIDENCE[reason], ""))


# ---- by people


def _decisions(store: Workspace, names: Iterable[str]) -> dict[str, _Decided]:
    if store.desk.execute("SELECT 1 FROM link_decisions LIMIT 1").fetchone() is None:
        return {}
    found: dict[str, _Decided] = {}
    for part in chunks(dict.fromkeys(names)):
        query = f"SELECT mail, source, remote_id, linked, agent FROM link_decisions WHERE mail IN ({marks(len(part))})"
        for name, source, remote_id, linked, agent in store.desk.execute(query, list(part)).fetchall():
            order = store.cache.execute(
                "SELECT id FROM orders WHERE source=? AND remote_id=?", (source, remote_id)
            ).fetchone()
            if order is None:
                continue  # not fetched yet: it is read again when the order arrives
            decided = found.setdefault(name, _Decided())
            if linked:
                decided.on[order[0]] = agent or "somebody"
            else:
                decided.off.add(order[0])
    return found


def _decide(links: Links, decided: _Decided | None) -> None:
    """People's decisions over what a rule found."""
    if decided is None:
        return
    for order in decided.off:
        if links.of.pop(order, None):
            links.why_not = "taken off by hand"
    for order, agent in decided.on.items():
        links.of[order] = (str(LinkReason.PERSON), CONFIDENCE[LinkReason.PERSON], agent)


# ---- through a conversation


def _carry(
    store: Workspace,
    policy: DeskPolicy,
    mails: Sequence[Mail],
    stored: Sequence[Mail],
    found: dict[int, Links],
    lookup: StoreLookup,
    told: set[int],
) -> list[Mail]:
    """Carry links through conversations: from a mail to its answers, and from an answer of ours to what it answers.

    Mail comes newest first, so an answer is often there before the mail that says which order it is about.
    """
    given = {mail.id for mail in mails}
    known = _stored_links(store, [mail.id for mail in stored if mail.state == MailState.LINKED]) | found
    groups = _mixed([*mails, *stored], known)
    if not groups:
        return []
    decided = _decisions(store, (mail.name for group in groups for mail in group))
    put_to = mail_threads.moves(store.desk).to
    carried: list[Mail] = []
    for group in groups:
        moved = True
        while moved:
            for mail in group:
                if mail.id in known:
                    _learn(lookup, mail, known[mail.id], told)
            linked = [mail for mail in group if _through_thread(mail, group, policy, lookup, known, decided, put_to)]
            found.update((mail.id, known[mail.id]) for mail in linked)
            carried += [mail for mail in linked if mail.id not in given]
            moved = bool(linked)
    return carried


def _mixed(mails: Iterable[Mail], known: Mapping[int, Links]) -> list[list[Mail]]:
    """The conversations that hold both a linked and an unlinked mail, each oldest first."""
    groups: dict[int, list[Mail]] = {}
    for mail in mails:
        if mail.conversation is not None:
            groups.setdefault(mail.conversation, []).append(mail)
    mixed: list[list[Mail]] = []
    for group in groups.values():
        linked = sum(1 for mail in group if mail.id in known and known[mail.id].of)
        if 0 < linked < len(group):
            mixed.append(sorted(group, key=lambda mail: (mail.at, mail.id))[-_MOST_OF_THREAD:])
    return mixed


def _stored_links(store: Workspace, ids: Sequence[int]) -> dict[int, Links]:
    found: dict[int, Links] = {}
    for part in chunks(ids):
        query = f"SELECT message, order_id, reason, confidence, linked_by FROM message_links WHERE message IN ({marks(len(part))})"
        for message, order, reason, confidence, agent in store.cache.execute(query, list(part)):
            found.setdefault(message, Links()).of[order] = (reason, confidence, agent)
    return found


def _learn(lookup: StoreLookup, mail: Mail, links: Links, told: set[int]) -> None:
    """What answers this mail is about the same orders."""
    if links.of and mail.id not in told:
        told.add(mail.id)
        people = frozenset((mail.sender, *mail.to, *mail.cc, *mail.reply_to))
        ours = mail.direction == Direction.OUTBOUND
        lookup.learn(KnownMail(mail.message_id, ours=ours, orders=tuple(links.of), people=people))


def _through_thread(
    mail: Mail,
    group: Sequence[Mail],
    policy: DeskPolicy,
    lookup: StoreLookup,
    known: dict[int, Links],
    decided: Mapping[str, _Decided],
    put_to: Mapping[str, str],
) -> bool:
    """Link an unlinked mail through its conversation; True if it is linked now."""
    before = known.get(mail.id)
    if before and before.of:
        return False
    fresh = Links(why_not=before.why_not if before else mail.reason)
    if lookup.is_known(_ids(mail)):
        _match(mail, policy, lookup, fresh)
    if mail.direction == Direction.INBOUND and mail.message_id:
        for answer in group:
            if answer.direction == Direction.OUTBOUND and _answers(answer, mail, policy.own_addresses):
                for order in known[answer.id].of if answer.id in known else ():
                    _add(fresh, order, LinkReason.THREAD)
    if mail.name in put_to:
        for other in group:
            if other.name == put_to[mail.name] and other.id in known:
                for order in known[other.id].of:
                    _add(fresh, order, LinkReason.THREAD)
    _decide(fresh, decided.get(mail.name))
    if not fresh.of:
        return False
    known[mail.id] = fresh
    return True


def _answers(ours: Mail, theirs: Mail, own: Collection[str]) -> bool:
    if theirs.message_id not in {ours.in_reply_to, *ours.references}:
        return False
    authors = {normalise.email(theirs.author(own)), *map(normalise.email, theirs.reply_to)}
    return any(normalise.email(address) in authors for address in ours.recipients)
