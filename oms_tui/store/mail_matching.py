"""The orders of mails: what their own words and headers prove, what people decided, and what their conversation adds.

Most mails say nothing by which an order could be proved; those are not matched at all. Nothing here writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from oms_tui.domain import mail_numbers, normalise
from oms_tui.domain.matching import CONFIDENCE, KnownMail, LinkReason, match
from oms_tui.domain.tracking_numbers import find_tracking_numbers
from oms_tui.domain.vocabulary import Direction, MailState
from oms_tui.store import mail_threads
from oms_tui.store.mail_lookup import StoreLookup
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.mail_rows import Mail
    from oms_tui.store.workspace import Workspace

_MOST_OF_THREAD: Final = 500  # mails of one conversation that a link is carried through: the newest
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
_NAMED: Final = frozenset({"thread", "token", "number", "tracking", "invoice", "payment"})


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

    def add(self, order: int, reason: LinkReason) -> None:
        """A rule links it; the first reason stays."""
        self.of.setdefault(order, (str(reason), CONFIDENCE[reason], ""))


def link(
    store: Workspace, policy: DeskPolicy, mails: Sequence[Mail], *, stored: Sequence[Mail] = ()
) -> tuple[dict[int, Links], list[Mail]]:
    """Find the orders of mails, and of the other mails of their conversations that were unlinked till now.

    Args:
        store: the cache and the desk, only read.
        policy: the desk's rules.
        mails: with their conversations; need not be in the cache yet. State, reason and warnings are set on them.
        stored: the other mails of their conversations, which are in the cache already.

    Returns:
        what was found of each mail by its id, and the mails of ``stored`` that are linked now because of it.
    """
    matcher = _Matcher(store, policy)
    matcher.by_themselves(mails)
    carried = matcher.through_conversations(mails, stored)
    for mail in (*mails, *carried):
        links = matcher.found[mail.id]
        mail.state, mail.reason = links.state, links.reason
        if links.warnings:
            mail.warnings = tuple(dict.fromkeys((*mail.warnings, *links.warnings)))
    return matcher.found, carried


def telling(store: Workspace, mails: Sequence[Mail]) -> list[Mail]:
    """Which of these mails say anything by which an order could be proved."""
    return list(_telling(mails, StoreLookup(store, proof=True)))


def name_orders(store: Workspace, mails: Sequence[Mail], linked: Collection[int] = frozenset()) -> list[int]:
    """Ids of those of these mails that name a number which some order has.

    Of those that are ``linked``, what their subject says was looked at before: their text has to name more.
    """
    lookup = StoreLookup(store, proof=True)
    numbers = _numbers(mails, lookup)
    for mail in mails:
        if mail.id in linked and mail.id in numbers:
            known = frozenset(_likely_numbers(mail.subject))
            numbers[mail.id] = tuple(number for number in numbers[mail.id] if number not in known)
    return [mail.id for mail in mails if lookup.names_an_order(numbers.get(mail.id, ()))]


@dataclass(slots=True)
class _Decided:
    """What people decided about one mail: orders it was put on, with who did, and orders it was taken off."""

    on: dict[int, str] = field(default_factory=dict)
    off: set[int] = field(default_factory=set)


class _Matcher:
    """One look at some mails. ``found`` are the links of the mails looked at."""

    def __init__(self, store: Workspace, policy: DeskPolicy) -> None:
        self._store = store
        self._policy = policy
        self._lookup = StoreLookup(store, proof=True)
        self._told: set[int] = set()
        self._decided: dict[str, _Decided] = {}
        self._put_to: dict[str, str] = {}
        self._known: dict[int, Links] = {}
        self.found: dict[int, Links] = {}

    def by_themselves(self, mails: Sequence[Mail]) -> None:
        """By what each says, oldest first, so that a mail finds the one that it answers linked."""
        self._decided = _decisions(self._store, {mail.name for mail in mails})
        for mail in mails:
            self.found[mail.id] = Links(why_not=_REASONS.get(mail.auto, _NO_REASON))
        for mail in _telling(sorted(mails, key=lambda mail: (mail.at, mail.id)), self._lookup):
            links = self.found[mail.id]
            self._match(mail, links)
            self._decide(mail, links)
            self._tell(mail, links)
        for mail in mails if self._decided else ():
            self._decide(mail, self.found[mail.id])

    def through_conversations(self, mails: Sequence[Mail], stored: Sequence[Mail]) -> list[Mail]:
        """From a mail to its answers, and from an answer of ours to what it answers; the mails of ``stored`` linked so.

        Mail comes newest first, so an answer is often there before the mail that says which order it is about.
        """
        linked_before = [mail.id for mail in stored if mail.state == MailState.LINKED]
        self._known = _stored_links(self._store, linked_before) | self.found
        groups = _mixed([*mails, *stored], self._known)
        if not groups:
            return []
        self._decided = _decisions(self._store, {mail.name for group in groups for mail in group})
        self._put_to = dict(mail_threads.moves(self._store.desk).to)
        given = {mail.id for mail in mails}
        carried: list[Mail] = []
        for group in groups:
            while True:
                for mail in group:
                    if mail.id in self._known:
                        self._tell(mail, self._known[mail.id])
                linked = [mail for mail in group if self._through_thread(mail, group)]
                if not linked:
                    break
                self.found.update((mail.id, self._known[mail.id]) for mail in linked)
                carried += [mail for mail in linked if mail.id not in given]
        return carried

    # ---- one mail

    def _match(self, mail: Mail, links: Links) -> None:
        own: Collection[str] = self._policy.own_addresses
        if mail.direction == Direction.OUTBOUND:
            own = {*own, normalise.email(mail.sender)}  # Sent may hold mail from an alias nobody configured
            for order in self._lookup.sent_here(mail.own_id, mail.message_id):
                links.add(order, LinkReason.SENT_HERE)
        facts = mail.facts(self._policy.own_addresses)
        result = match(facts, self._lookup, own_addresses=own, key=self._policy.key, proof=True)
        for each in result.links:
            links.add(each.order, each.reason)
        links.warnings = result.warnings
        evidence = (item for candidate in result.candidates for item in candidate.evidence)
        links.why_not = next((item.words for item in evidence if item.kind in _NAMED), links.why_not)

    def _decide(self, mail: Mail, links: Links) -> None:
        """People's decisions over what a rule found."""
        decided = self._decided.get(mail.name)
        if decided is None:
            return
        for order in decided.off:
            if links.of.pop(order, None):
                links.why_not = "taken off by hand"
        for order, agent in decided.on.items():
            links.of[order] = (str(LinkReason.PERSON), CONFIDENCE[LinkReason.PERSON], agent)

    def _tell(self, mail: Mail, links: Links) -> None:
        """What answers this mail is about the same orders."""
        if links.of and mail.id not in self._told:
            self._told.add(mail.id)
            people = frozenset((mail.sender, *mail.to, *mail.cc, *mail.reply_to))
            ours = mail.direction == Direction.OUTBOUND
            self._lookup.learn(KnownMail(mail.message_id, ours=ours, orders=tuple(links.of), people=people))

    def _through_thread(self, mail: Mail, group: Sequence[Mail]) -> bool:
        """Link an unlinked mail through its conversation; True if it is linked now."""
        before = self._known.get(mail.id)
        if before and before.of:
            return False
        links = Links(why_not=before.why_not if before else mail.reason)
        if self._lookup.is_known(_ids(mail)):
            self._match(mail, links)
        for other in group:
            if other.id in self._known and self._shares_its_orders(mail, other):
                for order in self._known[other.id].of:
                    links.add(order, LinkReason.THREAD)
        self._decide(mail, links)
        if not links.of:
            return False
        self._known[mail.id] = links
        return True

    def _shares_its_orders(self, mail: Mail, other: Mail) -> bool:
        """Whether ``other`` is what a person put this mail to, or our answer to it."""
        if self._put_to.get(mail.name) == other.name != mail.name:
            return True
        if not (mail.message_id and mail.direction == Direction.INBOUND and other.direction == Direction.OUTBOUND):
            return False
        if mail.message_id != other.in_reply_to and mail.message_id not in other.references:
            return False
        authors = {normalise.email(mail.author(self._policy.own_addresses)), *map(normalise.email, mail.reply_to)}
        return any(normalise.email(address) in authors for address in other.recipients)


# ---- what a mail says


def _telling(mails: Sequence[Mail], lookup: StoreLookup) -> Iterator[Mail]:
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


def _numbers(mails: Sequence[Mail], lookup: StoreLookup) -> dict[int, tuple[str, ...]]:
    """Whatever looks like a number in each mail, with what the cache knows of them fetched at once."""
    numbers: dict[int, tuple[str, ...]] = {}
    for mail in mails:
        text = f"{mail.subject}\n{mail.text[: normalise.LONGEST]}" if mail.text else mail.subject
        if likely := _likely_numbers(text):
            numbers[mail.id] = likely
    lookup.expect_numbers(number for likely in numbers.values() for number in likely)
    return numbers


@lru_cache(maxsize=256)
def _likely_numbers(text: str) -> tuple[str, ...]:
    """Asked for when a text comes, and again when its conversation is matched because it names an order."""
    if not _DIGITS.search(text):
        return ()
    parcels = find_tracking_numbers(mail_numbers.plain_text(text))[: mail_numbers.MOST]
    return (
        *mail_numbers.order_numbers(text),
        *mail_numbers.bare_numbers(text),
        *mail_numbers.identifiers(text),
        *(each.number for each in parcels),
    )


def _ids(mail: Mail) -> list[str]:
    return [name for name in (mail.message_id, mail.in_reply_to, *mail.references) if name]


# ---- what is known


def _decisions(store: Workspace, names: Iterable[str]) -> dict[str, _Decided]:
    """What people decided about mails of these names, as far as the orders are in the cache."""
    if store.desk.execute("SELECT 1 FROM link_decisions LIMIT 1").fetchone() is None:
        return {}
    found: dict[str, _Decided] = {}
    for part in chunks(names):
        query = f"SELECT mail, source, remote_id, linked, agent FROM link_decisions WHERE mail IN ({marks(len(part))})"
        for name, source, remote_id, linked, agent in store.desk.execute(query, list(part)).fetchall():
            order = store.cache.execute(
                "SELECT id FROM orders WHERE source=? AND remote_id=?", (source, remote_id)
            ).fetchone()
            if order is None:
                continue  # not fetched yet: read again when the order arrives
            decided = found.setdefault(name, _Decided())
            if linked:
                decided.on[order[0]] = agent or "somebody"
            else:
                decided.off.add(order[0])
    return found


def _stored_links(store: Workspace, ids: Sequence[int]) -> dict[int, Links]:
    found: dict[int, Links] = {}
    for part in chunks(ids):
        query = (
            "SELECT message, order_id, reason, confidence, linked_by FROM message_links "
            f"WHERE message IN ({marks(len(part))})"
        )
        for message, order, reason, confidence, agent in store.cache.execute(query, list(part)):
            found.setdefault(message, Links()).of[order] = (reason, confidence, agent)
    return found


def _mixed(mails: Iterable[Mail], known: dict[int, Links]) -> list[list[Mail]]:
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
