"""What changed in a folder since a cursor, by whatever way the server has: QRESYNC, CONDSTORE, or a scan of all flags.

One rule holds it together: what is known, less what is gone, plus what is new must be as many messages as the server
says there are. Where it is not, or the last run did not end, the UIDs of the whole folder are compared. So no window
("last ten", "since yesterday", "unseen") can lose a mail, and an interrupted run goes on where it stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connectors.mail.imap_fetch import Fetched, HeaderFetch
from connectors.mail.imap_known import UNREADABLE, identity
from connectors.mail.imap_uids import UidSet
from connectors.mail.message import UnreadableMail, parse_header
from connectors.records import MailKey, MailPage, Quarantined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connectors.mail.imap_idle import Figures
    from connectors.mail.imap_known import Known
    from connectors.mail.imap_rows import Row
    from connectors.mail.imap_session import Selected, Session

_GONE_PAGE = 5000  # keys of lost messages in a page


@dataclass(slots=True)
class _News:
    """What has to be told: UIDs, newest first where they are new."""

    gone: list[int] = field(default_factory=list)
    flagged: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    new: list[int] = field(default_factory=list)


class FolderChanges:
    """One run over one folder. ``pages`` may be left at any page; the cursor of the last committed one goes on."""

    def __init__(self, session: Session, folder: str, known: Known, cursor: dict[str, Any] | None) -> None:
        self._session = session
        self._folder = folder
        self._known = known
        self._cursor = cursor or {}
        self._generation = str(self._cursor.get("uidvalidity", ""))
        modseq = self._cursor.get("modseq")
        self._modseq: int | None = int(modseq) if modseq is not None and not known.lost else None
        # UIDs below this were handed over before the journal was lost: till a run ends, only the folder tells which.
        self._forgotten_below = int(self._cursor.get("forgotten_below") or 0)
        if known.lost:
            self._forgotten_below = max(self._forgotten_below, int(self._cursor.get("uidnext") or 1))
        self.figures: Figures = (None, None, None)

    def pages(self) -> Iterator[MailPage]:
        """The pages; the last one has ``more`` false and the cursor of a finished run."""
        resync = (self._generation, self._modseq) if self._generation and self._modseq else None
        box = self._session.select(self._folder, resync)
        self.figures = (box.exists, box.uidnext, box.modseq)
        rebuilt = bool(self._cursor) and box.generation != self._generation
        if rebuilt:
            yield from self._rebuilt(box)
        elif self._forgotten_below:
            yield from self._forgotten(box)
        afresh = rebuilt or self._known.lost or not self._cursor
        self._known.lost = False
        if afresh:
            # Everything is read after this moment, so changes count from here, even if this run never ends.
            self._generation, self._modseq = box.generation, box.modseq
            news = _News(new=self._absent(self._session.uids()))
        else:
            news = self._news(box)
        yield from self._told(box, news)

    # ---- what changed

    def _news(self, box: Selected) -> _News:
        complete = bool(self._cursor.get("complete"))
        if self._modseq is None or box.modseq is None or box.modseq < self._modseq:
            return self._scan(box)
        if box.vanished is not None:
            gone, flags = self._known.within(box.vanished), box.flags
        else:
            gone = []
            flags = self._session.flags(self._modseq) if box.modseq > self._modseq else {}
        new = self._arrived(box)
        if not complete or new is None or len(self._known) - len(gone) + len(new) != box.exists:
            return self._compared(self._session.uids(), flags)
        return _News(gone, self._changed(flags, gone), new)

    def _scan(self, box: Selected) -> _News:
        """The poor server's way: all flags. They name every message there is as well."""
        if not len(self._known):
            return _News(new=self._absent(self._session.uids()))
        flags = self._session.flags() if box.exists else {}
        return self._compared(UidSet.of(flags), flags)

    def _compared(self, present: UidSet, flags: dict[int, tuple[str, ...]]) -> _News:
        gone = [uid for uid in self._known.uids() if uid not in present]
        return _News(gone, self._changed(flags, gone), self._absent(present))

    def _arrived(self, box: Selected) -> list[int] | None:
        """UIDs beyond those of the last run, newest first; None: the server does not say enough."""
        before = self._cursor.get("uidnext")
        if before is None or box.uidnext is None:
            return None
        if box.uidnext <= int(before):
            return []
        # "n:*" names the last message even where its UID is below n (RFC 9051): the end is given as a number.
        return self._absent(self._session.uids("UID", f"{before}:{box.uidnext - 1}"))

    def _absent(self, present: UidSet) -> list[int]:
        return [
            uid
            for first, last in reversed(present.ranges)
            for uid in range(last, first - 1, -1)
            if uid not in self._known
        ]

    def _changed(self, flags: dict[int, tuple[str, ...]], gone: Iterable[int]) -> list[tuple[int, tuple[str, ...]]]:
        left = set(gone)
        return [
            (uid, now)
            for uid, now in flags.items()
            if uid in self._known and uid not in left and self._known.flags(uid) != now
        ]

    # ---- telling it

    def _told(self, box: Selected, news: _News) -> Iterator[MailPage]:
        page = MailPage(total=len(news.new))
        page.gone = [self._key(uid) for uid in news.gone]
        page.flags = [(self._key(uid), flags) for uid, flags in news.flagged]
        self._known.write(flagged=news.flagged, gone=news.gone)
        complete = True
        last = not news.new
        for fetched in HeaderFetch(self._session, self._folder, self._generation).pages(news.new):
            complete = self._add(page, fetched) and complete
            last = fetched.last
            if not last:
                page.more, page.cursor = True, self._position(box, complete=False)
                yield page
                page = MailPage(total=len(news.new))
        if last:
            self._modseq = box.modseq
        page.cursor = self._position(box, complete=complete)
        yield page

    def _add(self, page: MailPage, fetched: Fetched) -> bool:
        """Put rows into ``page``; False if a message the server lists was not handed over and no reason is known."""
        added: list[tuple[int, str, tuple[str, ...]]] = []
        for uid, row in fetched.rows:
            key, flags = self._key(uid), row.flags or ()
            try:
                record = parse_header(
                    row.body or b"", key, received_at=row.received_at, size=row.size or 0, flags=flags
                )
            except UnreadableMail as error:
                self._quarantine(page, uid, str(error), row.body or b"")
                added.append((uid, UNREADABLE, flags))
                continue
            record.thread_hint, record.labels = row.thread, row.labels
            page.messages.append(record)
            added.append((uid, identity(record.message_id, row.size, row.received_at), flags))
        for uid, reason, raw in fetched.poison:
            self._quarantine(page, uid, reason, raw)
            added.append((uid, UNREADABLE, ()))
        for uid in fetched.withheld:
            self._quarantine(page, uid, "the server lists it but does not hand it over; it is asked for again", b"")
        self._known.write(added=added)
        return not fetched.withheld

    def _quarantine(self, page: MailPage, uid: int, reason: str, raw: bytes) -> None:
        page.quarantined.append(Quarantined(f"{self._folder} uid {uid}", reason, raw.decode("utf-8", "replace")))
        page.quarantined_keys.append(self._key(uid))

    def _key(self, uid: int) -> MailKey:
        return MailKey(self._folder, self._generation, str(uid))

    def _position(self, box: Selected, *, complete: bool) -> dict[str, Any]:
        return {
            "uidvalidity": self._generation,
            "uidnext": box.uidnext,
            "modseq": self._modseq,
            "complete": complete,
            **({} if complete or not self._forgotten_below else {"forgotten_below": self._forgotten_below}),
            **self._known.cursor(),
        }

    # ---- when the ground moved

    def _rebuilt(self, box: Selected) -> Iterator[MailPage]:
        """UIDVALIDITY changed: the same mail under other UIDs. Say which became which; only the rest is gone."""
        if self._forgotten_below:
            self._forgotten_below = max(self._forgotten_below, int(self._cursor.get("uidnext") or 1))
            yield from self._forgotten(box)
            self._known.restart()
            self._forgotten_below = 0
            return
        old, here = self._known, self._session.uids()
        rows = dict(self._identified(here, box.generation))
        pairs = _pairs(old.identities(), {uid: what for uid, (what, _) in rows.items()})
        page = MailPage(total=len(rows) - len(pairs), more=True)
        left = set(old.uids()) - pairs.keys()
        page.gone = [self._key(uid) for uid in sorted(left)]
        for was, now in pairs.items():
            page.moved.append((self._key(was), MailKey(self._folder, box.generation, str(now))))
            flags = rows[now][1].flags or ()
            if flags != old.flags(was):
                page.flags.append((MailKey(self._folder, box.generation, str(now)), flags))
        self._known.restart()
        self._known.write(added=[(now, rows[now][0], rows[now][1].flags or ()) for now in pairs.values()])
        self._generation, self._modseq = box.generation, box.modseq
        page.cursor = self._position(box, complete=False)
        yield page

    def _identified(self, here: UidSet, generation: str) -> Iterator[tuple[int, tuple[str, Row]]]:
        fetch = HeaderFetch(self._session, self._folder, generation, fields=("message-id",))
        for fetched in fetch.pages(list(here)):
            for uid, row in fetched.rows:
                key = MailKey(self._folder, generation, str(uid))
                try:
                    message_id = parse_header(row.body or b"", key).message_id
                except UnreadableMail:
                    continue  # told as new, and quarantined there
                yield uid, (identity(message_id, row.size, row.received_at), row)

    def _forgotten(self, box: Selected) -> Iterator[MailPage]:
        """The journal is lost: everything is handed over again, and whatever UID is not there any more is gone."""
        same = box.generation == self._generation
        present = self._session.uids() if same else UidSet()
        before = self._forgotten_below
        last = 0
        missing: list[int] = []
        for first, end in (*present.ranges, (before, before)):
            missing += range(last + 1, min(first, before))
            last = end
        for start in range(0, len(missing), _GONE_PAGE):
            yield MailPage(
                gone=[self._key(uid) for uid in missing[start : start + _GONE_PAGE]], cursor=self._cursor, more=True
            )


def _pairs(old: dict[str, list[int]], new: dict[int, str]) -> dict[int, int]:
    """Old UID to new UID of the same content. Copies pair in order; without a Message-ID only what is unmistakable."""
    there: dict[str, list[int]] = {}
    for uid in sorted(new):
        there.setdefault(new[uid], []).append(uid)
    pairs: dict[int, int] = {}
    for what, were in old.items():
        now = there.get(what, [])
        if what.startswith(".") and not len(were) == len(now) == 1:
            continue
        pairs.update(zip(were, now, strict=False))
    return pairs
