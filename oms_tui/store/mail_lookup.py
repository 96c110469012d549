"""What matching asks the store, answered from indexes: a few statements for a whole page of mails, a bound on each.

``StoreLookup`` is ``matching.Lookup`` over the cache. Message-IDs and numbers are fetched ahead for a page
(``expect_mails``, ``expect_numbers``), so that the question about one mail finds its answer waiting.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final

from oms_tui.domain import normalise
from oms_tui.domain.matching import KnownMail
from oms_tui.domain.vocabulary import Direction
from oms_tui.store import order_keys
from oms_tui.store.order_keys import order_key
from oms_tui.store.order_sketches import sketches
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from oms_tui.domain.candidates import OrderSketch
    from oms_tui.store.workspace import Workspace

Named = list[tuple[str, "OrderSketch"]]

_MOST: Final = 50  # orders brought up by one address, street, phone or pair of words
_MOST_WORDS: Final = 12  # of a mail that are searched for in pairs
_RARE_FIRST: Final = 2000  # orders that hold a word: counted so far to tell rare words from common ones
_INVOICE_KINDS: Final = frozenset({order_keys.INVOICE, order_keys.REFERENCE})
_PAYMENT_KINDS: Final = frozenset({order_keys.PAYMENT, order_keys.REFERENCE})


class StoreLookup:
    """The store's answers. What it has read it remembers: make a new one for every page.

    Args:
        store: the cache, and the desk for outbox and identities.
        proof: answer only what can prove a link; what merely brings up candidates is not searched for.
    """

    def __init__(self, store: Workspace, *, proof: bool = False) -> None:
        self._cache = store.cache
        self._desk = store.desk
        self._store = store
        self._proof = proof
        self._asked: set[str] = set()
        self._mails: dict[str, list[KnownMail]] = {}
        self._keys: dict[str, list[tuple[str, int]]] = {}
        self._nothing_sent = False
        self._sketches: dict[int, OrderSketch] = {}

    # ---- ahead of the questions

    def expect_mails(self, message_ids: Iterable[str]) -> None:
        """Read what is known of these Message-IDs."""
        asked = self._asked
        for part in chunks([name for name in dict.fromkeys(message_ids) if name not in asked]):
            asked.update(part)
            for known in (*self._linked(part), *self._sent(part)):
                self._mails.setdefault(known.message_id, []).append(known)

    def expect_numbers(self, numbers: Iterable[str]) -> None:
        """Read which orders these numbers name, of whatever kind they are."""
        keys = dict.fromkeys(order_key(number) for number in numbers)
        for part in chunks([key for key in keys if key and key not in self._keys]):
            self._keys.update((key, []) for key in part)
            query = f"SELECT value, kind, order_id FROM order_keys WHERE value IN ({marks(len(part))}) LIMIT 5000"
            named = self._cache.execute(query, list(part)).fetchall()
            for value, kind, order in named:
                self._keys[value].append((kind, order))
            self.orders([order for _, _, order in named])

    def names_an_order(self, numbers: Iterable[str]) -> bool:
        """Whether one of the numbers (expected before) names an order."""
        return any(self._keys.get(order_key(number)) for number in numbers)

    def is_known(self, message_ids: Iterable[str]) -> bool:
        """Whether one of the Message-IDs (expected before) is of a mail that belongs to an order."""
        return not self._mails.keys().isdisjoint(message_ids)

    def learn(self, known: KnownMail) -> None:
        """A mail was linked just now."""
        if known.message_id:
            self._mails.setdefault(known.message_id, []).append(known)

    def sent_here(self, own_id: str, message_id: str) -> list[int]:
        """The orders of the outbox items with this id (our X-OMS-ID) or this Message-ID."""
        found: list[int] = []
        for column, value in (("id", own_id), ("message_id", message_id)):
            if not value:
                continue
            for source, remote_id in self._desk.execute(
                f"SELECT source, remote_id FROM outbox WHERE {column}=? LIMIT 10", (value,)
            ).fetchall():
                found += self._ids("SELECT id FROM orders WHERE source=? AND remote_id=?", source, remote_id)
        return found

    # ---- the questions

    def mails(self, message_ids: Sequence[str]) -> list[KnownMail]:
        """The mails with one of these Message-IDs that belong to orders; those of the outbox too."""
        self.expect_mails(message_ids)
        return [known for name in dict.fromkeys(message_ids) for known in self._mails.get(name, ())]

    def orders(self, ids: Sequence[int]) -> list[OrderSketch]:
        """These orders."""
        missing = [number for number in dict.fromkeys(ids) if number not in self._sketches]
        self._sketches.update(sketches(self._store, missing))
        return [self._sketches[number] for number in dict.fromkeys(ids) if number in self._sketches]

    def by_number(self, numbers: Sequence[str]) -> Named:
        """Orders with one of these numbers."""
        return self._named(numbers, {order_keys.NUMBER})

    def by_tracking_number(self, numbers: Sequence[str]) -> Named:
        """Orders with a parcel of one of these numbers."""
        return self._named(numbers, {order_keys.TRACKING})

    def by_invoice_number(self, numbers: Sequence[str]) -> Named:
        """Orders with one of these invoices or credit notes, or that name it themselves."""
        return self._named(numbers, _INVOICE_KINDS)

    def by_payment_reference(self, references: Sequence[str]) -> Named:
        """Orders with a payment or refund of one of these ids, or that name it themselves."""
        return self._named(references, _PAYMENT_KINDS)

    def by_email(self, address: str) -> list[OrderSketch]:
        """Orders on which ``address`` is known: its own, its customer's, one that wrote about it, one confirmed."""
        if self._proof:
            return []
        at = normalise.email(address)
        found = self._ids(f"SELECT id FROM orders WHERE email=? ORDER BY id DESC LIMIT {_MOST}", at)
        found += self._ids(f"{_OF_PERSON.format('email')} ORDER BY o.id DESC LIMIT {_MOST}", at)
        found += self._ids(_WRITTEN_ABOUT, at)
        for (name,) in self._desk.execute(
            'SELECT "left" FROM identity_decisions WHERE "right"=? AND state=\'confirmed\' LIMIT 20', (f"email:{at}",)
        ):
            _, source, remote_id = (*str(name).split(":", 2), "", "")[:3]
            found += self._ids(_OF_CUSTOMER, source, remote_id)
        return self.orders(found)

    def by_address(self, streets: Sequence[str], words: Sequence[str]) -> list[OrderSketch]:
        """Recent orders that go to a street and number, or to a postcode among ``words``."""
        if self._proof:
            return []
        found: list[int] = []
        for street in dict.fromkeys(streets):
            name, _, house = street.rpartition(" ")
            within = [word for word in words if len(word) > 3 and word in name]  # noqa: PLR2004 - shorter says nothing
            found += self._full_text(
                f"({_spellings(max(within, key=len, default=name), prefix=True)}) AND {_quoted(house)}"
            )
        codes = [word for word in words if any(map(str.isdigit, word))]
        for code in dict.fromkeys([*codes, *map(str.upper, codes)]):
            found += self._ids(f"SELECT id FROM orders WHERE ship_postcode=? ORDER BY id DESC LIMIT {_MOST}", code)
        return self.orders(found)

    def by_phone(self, phones: Sequence[str]) -> list[OrderSketch]:
        """Recent orders with one of these phone numbers; one without a country's code is tried with each."""
        if self._proof:
            return []
        wanted = dict.fromkeys(variant for number in phones for variant in normalise.phone_variants(number))
        found = [
            order
            for number in wanted
            for order in self._ids(f"{_OF_PERSON.format('phone')} ORDER BY o.id DESC LIMIT {_MOST}", number)
        ]
        return self.orders(found)

    def by_words(self, words: Sequence[str]) -> list[OrderSketch]:
        """Recent orders whose products, SKUs or names hold two or more of these words, or a rare one."""
        if self._proof:
            return []
        counted: list[tuple[int, str]] = []
        for word in dict.fromkeys(words):
            count = self._cache.execute(
                f"SELECT count(*) FROM (SELECT 1 FROM orders_fts WHERE orders_fts MATCH ? LIMIT {_RARE_FIRST})",
                (_spellings(word),),
            ).fetchone()[0]
            if count:
                counted.append((count, word))
        telling = [word for _, word in sorted(counted)[:_MOST_WORDS]]
        hits: Counter[int] = Counter()
        for count, word in counted:
            if count <= _MOST:
                hits.update(self._full_text(_spellings(word)))
        for at, word in enumerate(telling):
            for other in telling[at + 1 :]:
                hits.update(self._full_text(f"({_spellings(word)}) AND ({_spellings(other)})"))
        ranked = sorted(hits, key=lambda number: (-hits[number], -number))
        return self.orders(ranked[: 2 * _MOST])

    # ---- inside

    def _linked(self, message_ids: Sequence[str]) -> Iterator[KnownMail]:
        query = (
            "SELECT m.id, m.message_id, m.direction, m.from_address, m.to_addresses, m.cc_addresses, m.reply_to, "
            "l.order_id FROM messages m JOIN message_links l ON l.message=m.id "
            f"WHERE m.message_id IN ({marks(len(message_ids))}) LIMIT 5000"
        )
        found: dict[int, tuple[str, bool, list[int], frozenset[str]]] = {}
        for number, name, direction, sender, to, cc, reply_to, order in self._cache.execute(query, list(message_ids)):
            if number not in found:
                people = frozenset((sender, *json.loads(to), *json.loads(cc), *json.loads(reply_to)))
                found[number] = (name, direction == Direction.OUTBOUND, [], people)
            found[number][2].append(order)
        for name, ours, orders, people in found.values():
            yield KnownMail(name, ours, tuple(orders), people)

    def _sent(self, message_ids: Sequence[str]) -> Iterator[KnownMail]:
        """Mail of the outbox, whether or not its copy was seen in a mailbox."""
        if self._nothing_sent:
            return
        if self._desk.execute("SELECT 1 FROM outbox LIMIT 1").fetchone() is None:
            self._nothing_sent = True
            return
        query = (
            "SELECT message_id, source, remote_id, sender, recipients FROM outbox "
            f"WHERE message_id IN ({marks(len(message_ids))})"
        )
        for name, source, remote_id, sender, recipients in self._desk.execute(query, list(message_ids)).fetchall():
            order = self._cache.execute(
                "SELECT id FROM orders WHERE source=? AND remote_id=?", (source, remote_id)
            ).fetchone()
            if order:
                yield KnownMail(
                    name, ours=True, orders=(order[0],), people=frozenset((sender, *json.loads(recipients)))
                )

    def _named(self, numbers: Sequence[str], kinds: set[str] | frozenset[str]) -> Named:
        self.expect_numbers(numbers)
        pairs = [
            (number, order)
            for number in dict.fromkeys(numbers)
            for kind, order in self._keys.get(order_key(number), ())
            if kind in kinds
        ]
        known = {order.id: order for order in self.orders([order for _, order in pairs[: 4 * _MOST]])}
        return [(number, known[order]) for number, order in dict.fromkeys(pairs) if order in known]

    def _full_text(self, query: str) -> list[int]:
        return self._ids(
            f"SELECT rowid FROM orders_fts WHERE orders_fts MATCH ? ORDER BY rowid DESC LIMIT {_MOST}", query
        )

    def _ids(self, query: str, *values: str) -> list[int]:
        """Ids found. The limit stands in the text: where it is bound, SQLite prepares a statement every time."""
        return [number for (number,) in self._cache.execute(query, values)]


_OF_PERSON: Final = (
    "SELECT o.id FROM customer_identities i JOIN customers c ON c.id=i.customer_id "
    "JOIN customers p ON p.person_id=c.person_id JOIN orders o ON o.customer_id=p.id WHERE i.kind='{}' AND i.value=?"
)
_WRITTEN_ABOUT: Final = (
    "SELECT l.order_id FROM messages m JOIN message_links l ON l.message=m.id "
    f"WHERE m.from_address=? ORDER BY m.sent_at DESC LIMIT {_MOST}"
)
_OF_CUSTOMER: Final = (
    "SELECT o.id FROM customers c JOIN customers p ON p.person_id=c.person_id JOIN orders o ON o.customer_id=p.id "
    f"WHERE c.source=? AND c.remote_id=? ORDER BY o.id DESC LIMIT {_MOST}"
)


def _quoted(word: str) -> str:
    """A word as FTS5 takes it literally."""
    return '"' + word.replace('"', '""') + '"'


def _spellings(word: str, *, prefix: bool = False) -> str:
    """The ways a folded word may be written, for FTS5: its index keeps ``ae``, ``ß``, ``ł``, which folding does not."""
    variants = [""]
    place = 0
    if prefix:
        word = word[:_PREFIX]
    while place < len(word):
        double = word.startswith("ss", place)
        options = ("ss", "ß") if double else _WRITTEN.get(word[place], (word[place],))
        if len(variants) * len(options) > _MOST_SPELLINGS:
            options = options[:1]
        variants = [variant + option for variant in variants for option in options]
        place += 2 if double else 1
    tail = "*" if prefix else ""
    return " OR ".join(f"{_quoted(variant)}{tail}" for variant in variants)


_PREFIX: Final = 9  # letters of a street by which orders are brought up: its ending is written in too many ways
_MOST_SPELLINGS: Final = 64
_WRITTEN: Final = {"a": ("a", "ae", "æ"), "o": ("o", "oe", "ø"), "u": ("u", "ue"), "l": ("l", "ł"), "d": ("d", "đ")}
