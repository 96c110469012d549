"""One mailbox, from where the last run stopped: what changed in its folders, page by page, and then the texts.

Each page is one transaction of the cache with its cursor, so a run may be killed anywhere and goes on from there.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.records import MailKey
from oms_tui.store import sync_state
from oms_tui.store.driver import transaction
from oms_tui.store.ingest_mail import MailBatch, ingest_bodies, ingest_mail
from oms_tui.store.rows import chunks
from oms_tui.sync import mail_in
from oms_tui.sync.garbage import seldom_looked_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from connectors.base import MailSource
    from connectors.records import MailPage
    from oms_tui.domain.policy import DeskPolicy
    from oms_tui.store.mail_rows import Key
    from oms_tui.store.workspace import Workspace

_COMMIT_MESSAGES: Final = 2000  # of a first sync; holds the cache for some 150 ms
_COMMIT_SECONDS: Final = 0.25  # new mail is on the screen soon, however slowly the rest of it comes
_BODIES_PAGE: Final = 250  # texts in one transaction; holds the cache for some 100 ms
_LOOKED_AT: Final = 2000  # newest messages without text among which those of open orders go first


@dataclass(slots=True)
class MailResult:
    """What a run brought: new messages, by state (linked + unlinked + quarantined = fetched), and those that went."""

    fetched: int = 0
    linked: int = 0
    unlinked: int = 0
    quarantined: int = 0
    gone: int = 0


class MailboxSync:
    """Brings one mailbox into the store.

    Args:
        store: the workspace, on connections of this thread.
        policy: the desk's rules, with its own addresses and reply key.
        source_name: the mailbox's name in the config.
        connector: how it is read.
        folders: the folders to read beside the one of sent mail; None: the inbox.
    """

    def __init__(
        self,
        store: Workspace,
        policy: DeskPolicy,
        source_name: str,
        connector: MailSource,
        *,
        folders: Sequence[str] | None = None,
    ) -> None:
        self._store = store
        self._policy = policy
        self._source = source_name
        self._connector = connector
        self._wanted = tuple(folders or ())

    def run(self, *, now: int, on_progress: Callable[[str, int, int | None], None] | None = None) -> MailResult:
        """Read what changed in every folder.

        Args:
            now: milliseconds since 1970 UTC.
            on_progress: called after each page with the folder, how many of its messages are read, and of how many.

        Raises:
            ConnectorError: the mailbox could not be read on; what was read is kept.
        """
        with seldom_looked_for():
            return self._run(now, on_progress)

    def _run(self, now: int, on_progress: Callable[[str, int, int | None], None] | None) -> MailResult:
        result = MailResult()
        roles = self._connector.folders()
        sent = roles.get("sent", "")
        for folder in dict.fromkeys((*(self._wanted or (roles["inbox"],)), sent)):
            if folder:
                self._folder(folder, result, now=now, is_sent=folder == sent, on_progress=on_progress)
        return result

    def bodies(self, limit: int, now: int) -> int:
        """Read the text of up to ``limit`` messages that have none yet: of open orders first, then the newest.

        Returns:
            how many were asked for; 0 when there is nothing left to read.
        """
        with seldom_looked_for():
            return self._bodies(limit, now)

    def _bodies(self, limit: int, now: int) -> int:
        asked = 0
        for wanted in chunks(self._without_text(limit), _BODIES_PAGE):
            self.read_texts(wanted, now)
            asked += len(wanted)
        return asked

    def read_texts(
        self, wanted: Sequence[Key], now: int, *, writing: AbstractContextManager[object] | None = None
    ) -> None:
        """Read the text of the messages at these places, also of those that gave none before.

        ``writing`` is held while the cache is written, and not while the mailbox is asked.
        """
        records = list(self._connector.bodies([MailKey(*key) for key in wanted]))
        mails = [mail_in.mail(self._source, record, self._policy.own_addresses, is_sent=False) for record in records]
        with writing or nullcontext(), transaction(self._store.cache):
            ingest_bodies(self._store, self._policy, self._source, mails, asked=wanted, now=now)

    def _folder(
        self,
        folder: str,
        result: MailResult,
        *,
        now: int,
        is_sent: bool,
        on_progress: Callable[[str, int, int | None], None] | None,
    ) -> None:
        cache = self._store.cache
        done = 0
        cursor = sync_state.cursor(cache, self._source, folder)
        for pages in _together(self._connector.changed(folder, cursor)):
            self._take(folder, pages, result, now=now, is_sent=is_sent)
            done += sum(map(_messages, pages))
            if on_progress is not None:
                on_progress(folder, done, pages[-1].total)
        sync_state.succeeded(cache, self._source, folder, now)

    def _take(self, folder: str, pages: Sequence[MailPage], result: MailResult, *, now: int, is_sent: bool) -> None:
        own = self._policy.own_addresses
        batch = MailBatch()
        for page in pages:
            batch += mail_in.batch(self._source, page, own, is_sent=is_sent)
        cache = self._store.cache
        with transaction(cache):
            taken = ingest_mail(self._store, self._policy, self._source, batch, now)
            for item in (item for page in pages for item in page.quarantined):
                sync_state.quarantine(cache, self._source, folder, item.ref, item.reason, item.raw, now)
            self._settle_quarantined(folder, taken.recovered)
            sync_state.advanced(
                cache,
                self._source,
                folder,
                pages[-1].cursor,
                read=sum(map(_messages, pages)),
                fresh=taken.fetched - taken.gone - len(taken.recovered),
                total=pages[-1].total,
                now=now,
            )
        result.fetched += taken.fetched
        result.linked += taken.linked
        result.unlinked += taken.unlinked
        result.quarantined += taken.quarantined
        result.gone += taken.gone

    def _settle_quarantined(self, folder: str, recovered: Sequence[Key]) -> None:
        """What could not be read and now was is no longer set aside; its reference ends with its uid."""
        uids = {uid for _, _, uid in recovered}
        cache = self._store.cache
        found = (
            cache.execute("SELECT ref FROM quarantine WHERE source=? AND stream=?", (self._source, folder))
            if uids
            else ()
        )
        settled = [(self._source, ref) for (ref,) in found if ref.rsplit(" ", 1)[-1] in uids]
        cache.executemany("DELETE FROM quarantine WHERE source=? AND ref=?", settled)

    def _without_text(self, limit: int) -> list[Key]:
        """Places of messages without text: first those of open orders, which are looked for among the newest."""
        cache = self._store.cache
        newest = (
            "SELECT id, folder, generation, uid FROM messages WHERE source=? AND has_body=0 AND state<>'quarantined' "
            "AND gone_at IS NULL ORDER BY sent_at DESC LIMIT ?"
        )
        first = cache.execute(
            f"SELECT folder, generation, uid FROM ({newest}) m WHERE EXISTS (SELECT 1 FROM message_links l "
            "JOIN queue_row q ON q.order_id=l.order_id WHERE l.message=m.id AND q.is_open=1) LIMIT ?",
            (self._source, _LOOKED_AT, limit),
        ).fetchall()
        if len(first) < limit:
            rest = cache.execute(newest, (self._source, limit)).fetchall()
            first += [row[1:] for row in rest]
        return [(folder, generation, uid) for folder, generation, uid in dict.fromkeys(first)][:limit]


def _messages(page: MailPage) -> int:
    return len(page.messages) + len(page.quarantined_keys)


def _together(pages: Iterator[MailPage]) -> Iterator[list[MailPage]]:
    """Pages that are committed at once: of a first sync several, for a commit costs as much as a hundred mails.

    A page that tells of more than new mail stands alone, as what it says must come before and after its neighbours.
    """
    waiting: list[MailPage] = []
    since = 0.0
    for page in pages:
        alone = bool(page.gone or page.moved or page.flags)
        if waiting and alone:
            yield waiting
            waiting = []
        since = since if waiting else time.monotonic()
        waiting.append(page)
        full = sum(map(_messages, waiting)) >= _COMMIT_MESSAGES or time.monotonic() - since >= _COMMIT_SECONDS
        if alone or full or not page.more:
            yield waiting
            waiting = []
    if waiting:
        yield waiting
