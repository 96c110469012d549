"""A mail on its way into the cache, or read back from it: what threading and matching work on.

Texts are safe to show, addresses bare; times are milliseconds since 1970 UTC.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain import normalise
from oms_tui.domain.conversations import Letter
from oms_tui.domain.matching import MailFacts
from oms_tui.domain.vocabulary import Direction, MailState
from oms_tui.store.rows import chunks, marks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from oms_tui.store.driver import Connection, Row

Key = tuple[str, str, str]
"""Where a message lies in its mailbox: folder, generation (UIDVALIDITY), uid."""

ASKED_IN_VAIN: Final = -1
"""``has_body`` of a message whose text the mailbox did not hand over."""


@dataclass(slots=True)
class Mail:
    """A message of the cache. ``at`` is its time: the earlier of its Date and its arrival."""

    source: str
    folder: str
    generation: str
    uid: str
    at: int
    direction: str = Direction.INBOUND
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    sender_name: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    delivered_to: tuple[str, ...] = ()
    subject: str = ""
    received_at: int | None = None
    auto: str = ""
    own_id: str = ""
    size: int = 0
    digest: str = ""
    flags: str = "[]"
    labels: str = "[]"
    thread_hint: str = ""
    has_body: int = 0
    text: str = ""
    quoted: tuple[tuple[int, int], ...] = ()
    attachments: str = "[]"
    warnings: tuple[str, ...] = ()
    state: str = MailState.UNLINKED
    reason: str = ""
    conversation: int | None = None
    gone_at: int | None = None
    id: int = 0
    seen_as: Letter | None = None

    @property
    def key(self) -> Key:
        """Where it lies."""
        return self.folder, self.generation, self.uid

    @property
    def name(self) -> str:
        """Its content name."""
        return content_name(self.message_id, self.digest)

    @property
    def recipients(self) -> tuple[str, ...]:
        """To and Cc."""
        return self.to + self.cc

    def author(self, own: Collection[str]) -> str:
        """Who wrote it. A form on our own site writes from our address and names the customer in Reply-To."""
        if self.direction == Direction.INBOUND and self.reply_to and normalise.email(self.sender) in own:
            return self.reply_to[0]
        return self.sender

    def letter(self, own: Collection[str], moved_to: str = "") -> Letter:
        """As threading and clocks see it; made once, for where somebody moved it does not change who waits."""
        if self.seen_as is not None and (not moved_to or self.seen_as.moved_to == moved_to):
            return self.seen_as
        self.seen_as = Letter(
            self.name,
            datetime.fromtimestamp(self.at / 1000, UTC),
            self.direction,
            self.author(own),
            self.to + self.cc,
            self.reply_to,
            self.message_id,
            self.in_reply_to,
            self.references,
            self.auto,
            moved_to,
        )
        return self.seen_as

    def facts(self, own: Collection[str]) -> MailFacts:
        """As matching sees it."""
        written, quoted = self.parts() if self.text else ("", "")
        return MailFacts(
            message_id=self.message_id,
            sender=self.author(own),
            sent_at=datetime.fromtimestamp(self.at / 1000, UTC),
            sender_name=self.sender_name,
            recipients=self.to + self.cc,
            delivered_to=self.delivered_to,
            in_reply_to=self.in_reply_to,
            references=self.references,
            subject=self.subject,
            text=written,
            quoted=quoted,
            auto=self.auto,
            bounced=self.references if self.auto == "bounce" else (),
        )

    def parts(self) -> tuple[str, str]:
        """What its author wrote, and what it quotes."""
        if not self.quoted:
            return self.text, ""
        lines = self.text.split("\n")
        inside = {number for first, last in self.quoted for number in range(first, min(last, len(lines)))}
        written = "\n".join(line for number, line in enumerate(lines) if number not in inside)
        return written, "\n".join(lines[number] for number in sorted(inside))


def content_name(message_id: str, digest: str) -> str:
    """How desk rows call a mail: by its Message-ID, without one by its digest; so a decision outlives the cache."""
    return message_id or f"sha256:{digest}"


def row(mail: Mail, now: int) -> tuple[Any, ...]:
    """Its row of ``messages``, in the order of the declaration."""
    return (
        mail.id, mail.source, mail.folder, mail.generation, mail.uid, mail.message_id, mail.in_reply_to,
        packed(mail.references), mail.sender_name, mail.sender, packed(mail.to), packed(mail.cc),
        packed(mail.reply_to), packed(mail.delivered_to), mail.subject, mail.at, mail.received_at, mail.direction,
        mail.auto, mail.own_id, mail.size, mail.digest, mail.flags, mail.labels, mail.thread_hint, mail.has_body,
        mail.text, packed(mail.quoted), mail.attachments, packed(mail.warnings), mail.state, mail.reason,
        mail.conversation, mail.gone_at, now, now,
    )  # fmt: skip


def packed(values: Collection[Any]) -> str:
    """JSON of a list. Most are a few plain texts, and spelling those out takes a fifth of the time."""
    if not values:
        return "[]"
    if all(type(value) is str for value in values):
        text = '","'.join(values)
        if text.isprintable() and "\\" not in text and text.count('"') == 2 * (len(values) - 1):
            return f'["{text}"]'
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> tuple[str, ...]:
    """The texts of a JSON list of texts, as ``packed`` writes it."""
    if text == "[]":
        return ()
    if "\\" in text or not text.startswith('["'):
        return tuple(json.loads(text))
    return tuple(text[2:-2].split('","'))


_COLUMNS: Final = (
    "source,folder,generation,uid,sent_at,direction,message_id,in_reply_to,refs,from_name,from_address,to_addresses,"
    "cc_addresses,reply_to,delivered_to,subject,received_at,auto,own_id,size,digest,flags,labels,thread_hint,has_body,"
    "{text},{quoted},attachments,warnings,state,reason,conversation_id,gone_at,id"
)
_WITH_TEXT: Final = _COLUMNS.format(text="text", quoted="quoted")
_WITHOUT_TEXT: Final = _COLUMNS.format(text="''", quoted="'[]'")
_LISTS: Final = (8, 11, 12, 13, 14, 28)
_QUOTED: Final = 26


def load(cache: Connection, column: str, values: Iterable[int | str], *, text: bool = False) -> list[Mail]:
    """The mails whose ``column`` (of our own text) has one of these values, oldest first."""
    found: list[Mail] = []
    names = _WITH_TEXT if text else _WITHOUT_TEXT
    for part in chunks(values):
        query = f"SELECT {names} FROM messages WHERE {column} IN ({marks(len(part))})"
        found += map(_mail, cache.execute(query, list(part)))
    return sorted(found, key=lambda mail: (mail.at, mail.id))


def named(cache: Connection, names: Iterable[str], *, text: bool = False) -> list[Mail]:
    """The mails called so by desk rows (copies in several mailboxes have one name)."""
    wanted = list(dict.fromkeys(names))
    found = load(cache, "message_id", [name for name in wanted if not name.startswith("sha256:")], text=text)
    digests = [name.removeprefix("sha256:") for name in wanted if name.startswith("sha256:")]
    return found + (load(cache, "message_id='' AND digest", digests, text=text) if digests else [])


def _mail(values: Row) -> Mail:
    fields = list(values)
    for place in _LISTS:
        fields[place] = unpacked(fields[place])
    fields[_QUOTED] = tuple(map(tuple, json.loads(fields[_QUOTED]))) if fields[_QUOTED] != "[]" else ()
    return Mail(*fields)


def placed(
    cache: Connection, source: str, keys: Iterable[Key]
) -> dict[Key, tuple[int, str, int | None, int, int | None]]:
    """What the cache has at these places: id, state, conversation, has_body and gone_at of each."""
    found: dict[Key, tuple[int, str, int | None, int, int | None]] = {}
    for (folder, generation), uids in _by_place(keys):
        for part in chunks(uids):
            query = (
                "SELECT uid, id, state, conversation_id, has_body, gone_at FROM messages "
                f"WHERE source=? AND folder=? AND generation=? AND uid IN ({marks(len(part))})"
            )
            for uid, *rest in cache.execute(query, [source, folder, generation, *part]):
                found[folder, generation, uid] = (rest[0], rest[1], rest[2], rest[3], rest[4])
    return found


def _by_place(keys: Iterable[Key]) -> Iterator[tuple[tuple[str, str], list[str]]]:
    places: dict[tuple[str, str], list[str]] = {}
    for folder, generation, uid in keys:
        places.setdefault((folder, generation), []).append(uid)
    yield from places.items()
