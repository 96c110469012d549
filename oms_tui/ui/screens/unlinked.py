"""Mails that belong to no order yet: what they say, which orders they may be about and why, one key to link."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from rich.cells import cell_len

from oms_tui.ui.keys import UNLINKED
from oms_tui.ui.mail_requests import SLOT, MailRequests
from oms_tui.ui.order.letter import attached, body, heading, remarks
from oms_tui.ui.queue.row import numbered
from oms_tui.ui.rows import BLANK, Part, Row, cells, cut, spread, wrap
from oms_tui.ui.screens.listing import Listing
from oms_tui.ui.screens.lists import Chosen, Framed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from oms_tui.store.session import Session
    from oms_tui.store.shapes import CandidateView, MessageView, UnlinkedMail
    from oms_tui.ui.lines import LinesView
    from oms_tui.ui.messages import Answer, Changed
    from oms_tui.ui.order.frame import Frame

_INDENT = 4
_NARROW = 100
_UNANSWERED = "unanswered, and "
_MOST = 9
"""Candidates, one for each key."""


class Listed(NamedTuple):
    """The mails of the list: those without an order, then those that could not be read; and whether there are more."""

    mails: tuple[UnlinkedMail, ...]
    more: bool


class Opened(NamedTuple):
    """One mail with the orders it may be about. ``lies_on``: the ids and numbers of those it lies on."""

    id: int
    message: MessageView | None
    candidates: tuple[CandidateView, ...]
    lies_on: tuple[tuple[int, str], ...] = ()


def listed(session: Session) -> Listed:
    """What the list shows."""
    from oms_tui.store.reads.mail import quarantined_mail, unlinked

    mails, more = unlinked(session.store)
    unread, more_unread = quarantined_mail(session.store)
    return Listed((*mails, *unread), more=more is not None or more_unread is not None)


def opened(session: Session, mail: int) -> Opened:
    """What the right side shows."""
    from oms_tui.store.reads.mail import candidates, message

    found = message(session.store, mail)
    proposed = candidates(session.store, session.policy, mail, limit=_MOST) if found else ()
    lies_on = session.store.cache.execute(
        "SELECT o.id, o.number FROM message_links l JOIN orders o ON o.id = l.order_id WHERE l.message = ? "
        "ORDER BY l.confidence DESC, o.id LIMIT ?",
        (mail, _MOST),
    ).fetchall()
    return Opened(mail, found, tuple(proposed), tuple(lies_on))


def link(session: Session, mail: int, order: int) -> str:
    """Link a mail to an order by the action of the catalogue; returns what was done in words.

    Raises:
        Refused: it cannot be linked.
    """
    from oms_tui.actions.run import run
    from oms_tui.domain.refused import Refused

    done = run(session, "link", [order], {"mail": mail})[0]
    if done.result == "refused":
        raise Refused(done.why, code=done.code)
    return f"#{done.number}: {done.why}" if done.number[:1].isdigit() else f"{done.number}: {done.why}"


class Candidates(Framed):
    """Orders one can go to."""

    CURSOR = "keys"


class Letter(Framed):
    """A mail; the cursor goes to what can be asked of its mailbox: the text, an attachment."""

    CURSOR = "keys"


class UnlinkedScreen(Listing):
    """Mails at the left; candidates and the mail itself at the right."""

    PLACE = UNLINKED
    HERE = "go_unlinked"
    LIST: ClassVar[str] = "Unlinked mail"
    REASONS: ClassVar[bool] = False
    EMPTY: ClassVar[str] = "every mail belongs to an order"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    DEFAULT_CSS: ClassVar[str] = """
    UnlinkedScreen #mails { width: 44; height: 1fr; }
    UnlinkedScreen #candidates { height: auto; max-height: 14; }
    UnlinkedScreen #letter { height: 1fr; }
    UnlinkedScreen.-narrow #split { layout: vertical; }
    UnlinkedScreen.-narrow #mails { width: 1fr; height: 8; }
    """

    def body(self) -> Iterable[Widget]:
        """Three frames."""
        from textual.containers import Horizontal, Vertical

        self._mails = Chosen(self.LIST, id="mails")
        self._candidates = Candidates("May be about", id="candidates")
        self._letter = Letter("Mail", id="letter")
        self._asked = MailRequests(self)
        self._list = Listed((), more=False)
        self._open: Opened | None = None
        self._wanted: int | None = None
        with Horizontal(id="split"):
            yield self._mails
            with Vertical():
                yield self._candidates
                yield self._letter

    def on_mount(self) -> None:
        """Read the list."""
        super().on_mount()
        self._mails.focus()
        self._mails.say("reading the mails")
        self._candidates.display = False
        self._ask()

    def _ask(self) -> None:
        self.desk.reader.ask("list", self, self.listed)

    @staticmethod
    def listed(session: Session) -> Listed:
        """What the list shows."""
        return listed(session)

    def store_changed(self, changed: Changed) -> None:
        """Mails came, or somebody linked one; the text of the one that is read may have come."""
        if changed.kinds() - {"source"}:
            self._ask()
            if self._open is not None and self._open.message is not None and not self._open.message.has_body:
                self.desk.reader.ask("mail", self, opened, self._open.id)

    def on_answer(self, event: Answer) -> None:
        """What the reader found."""
        if event.slot.startswith(SLOT):
            self._asked.answered(event)
        elif event.error:
            if event.slot == "list" and not self._list.mails:
                self._mails.say(event.error, "alarm")
            else:
                self.desk.say(event.error, "error")
                if event.slot == "list":
                    self._mails.mark_old()
        else:
            self._show(event)

    def _show(self, event: Answer) -> None:
        match event.slot:
            case "list":
                self._show_list(event.value)
            case "mail":
                self._show_mail(event.value)
            case "link" | "status":
                self.desk.say(f"{event.value}; {self.desk.keys.shown('undo')} takes it back")
                self._ask()

    def _show_list(self, found: Listed) -> None:
        if found == self._list and found.mails and not self._mails.old:
            return
        self._list = found
        if not found.mails:
            self._mails.say(self.EMPTY, "good")
            self._candidates.display = False
            self._letter.say("nothing to read")
            self._open = self._wanted = None
            return
        frame = self._now()
        count = f"{len(found.mails)}{'+' if found.more else ''}"
        reasons = self.REASONS
        self._mails.show(lambda width: mail_rows(found.mails, frame, width, reasons=reasons), below=count)
        self._want(self._mails.cursor_key)

    def on_chosen_moved(self, event: Chosen.Moved) -> None:
        """Another mail is wanted."""
        self._want(event.key)

    def _want(self, key: Any) -> None:
        if isinstance(key, int) and key != self._wanted:
            self._wanted = key
            self.desk.reader.ask("mail", self, opened, key)

    def _show_mail(self, found: Opened) -> None:
        if found.id != self._wanted:
            return
        self._open = found
        self.show_keys()
        if found.message is None:
            self._candidates.display = False
            self._letter.say("this mail could not be read; `oms-tui doctor` lists it with the reason", "warn")
            return
        message, frame = found.message, self._now()
        self._candidates.display = True
        self._candidates.show(lambda width: order_rows(found, width, self._most_evidence), top=True)
        self._fit_candidates()
        self._letter.show(lambda width: letter_rows(message, frame, width), top=True)

    def _fit_candidates(self) -> None:
        if self._open is not None and self._candidates.display:
            width = self._candidates.text_width if self._candidates.size.width else self.size.width // 2
            self._candidates.styles.height = max(1, len(order_rows(self._open, width, self._most_evidence))) + 2

    @property
    def _most_evidence(self) -> int:
        """Lines that the evidence may take from the mail."""
        return min(12, self.size.height // (4 if self.size.width < _NARROW else 3))

    def on_resize(self) -> None:
        """Another width breaks the evidence elsewhere."""
        self.call_after_refresh(self._candidates.reload)
        self.call_after_refresh(self._fit_candidates)

    # ---- commands

    def titles(self) -> dict[str, str]:
        """What enter does here."""
        return {"open": "read", "link_1": "to 9 link it"}

    def do_link(self, number: int) -> None:
        """Link the mail to a candidate."""
        found = self._open
        if found is None or found.message is None:
            return
        if number > len(found.candidates):
            self.desk.say(f"there is no candidate {number}")
            return
        chosen = found.candidates[number - 1]
        self.desk.reader.call(link, found.id, chosen.order_id, to=self, slot="link")

    def do_link_other(self) -> None:
        """Link it to an order that is named by its number."""
        found = self._open
        if found is not None and found.message is not None:
            self.desk.choose_order("link to which order? its number, or a part of it", self._link_to)

    def _link_to(self, order_id: int) -> None:
        if self._open is not None:
            self.desk.reader.call(link, self._open.id, order_id, to=self, slot="link")

    def do_mail_close(self) -> None:
        """It needs no answer: for a reason."""
        self._ask_status("closed")

    def do_mail_snooze(self) -> None:
        """Put it aside until a time."""
        self._ask_status("snoozed")

    def do_mail_spam(self) -> None:
        """Nobody waits in it."""
        if self._open is not None and self._open.message is not None:
            self._decide(self._open.id, "spam", ("", ""))

    def _ask_status(self, status: str) -> None:
        found = self._open
        if found is not None and found.message is not None:
            from oms_tui.ui.dialogs.closing import Closing

            self.desk.push_screen(Closing(status, found.message.subject), partial(self._decide, found.id, status))

    def _decide(self, mail: int, status: str, said: tuple[str, str] | None) -> None:
        if said is not None:
            from oms_tui.ui.dialogs.closing import set_status

            self.desk.reader.call(set_status, mail, status, *said, to=self, slot="status")

    def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Enter: read the mail, or go to a candidate's order."""
        event.stop()
        if event.view is self._candidates and isinstance(event.key, int):
            self.desk.show_order(event.key)
        elif event.view is self._mails:
            self._letter.focus()
        elif event.view is self._letter:
            match event.key:
                case ("body", int(mail)):
                    self._asked.ask(mail, None)
                case ("attachment", int(mail), int(index)):
                    self._asked.ask(mail, index)

    def do_back(self) -> None:
        """From the mail to the list, from the list to the desk."""
        if self._mails.has_focus:
            self.desk.do_go_queue()
        else:
            self._mails.focus()

    def do_copy(self) -> None:
        """Where a file was saved, if the cursor is on it; else the sender's address."""
        if path := self._asked.path_under(self._letter):
            self.desk.copy(path)
        elif self._open is not None and self._open.message is not None:
            self.desk.copy(self._open.message.from_address)


def mail_rows(mails: Sequence[UnlinkedMail], frame: Frame, width: int, *, reasons: bool = False) -> list[Row]:
    """Two lines a mail: who and when; about what, and why it is here (``reasons``: where that differs)."""
    rows = []
    for mail in mails:
        sender = mail.from_name or mail.from_address or "nobody"
        rows.append(
            Row(spread([Part(sender, "text")], [Part(frame.moment(mail.sent_at), "muted")], width), key=mail.id)
        )
        unread = mail.state == "quarantined"
        second = [
            Part("  "),
            Part("! cannot be read: " if unread else "", "alarm"),
            Part(mail.subject or "no subject", "muted"),
        ]
        why = mail.reason.removeprefix(_UNANSWERED) if reasons else ""  # all of that list are
        right = [Part(why, "warn")] if why else []
        rows.append(Row(spread([part for part in second if part.text], right, width)))
    return rows


def order_rows(found: Opened, width: int, most: int) -> list[Row]:
    """The orders the mail lies on, then those it may be about as well; in more than ``most`` lines only one each."""
    rows = [
        Row(cut([Part("on ", "muted"), Part(numbered(number), "strong")], width), key=order)
        for order, number in found.lies_on
    ]
    if found.candidates or not rows:
        whole = candidate_rows(found.candidates, width, whole=True)
        rows += whole if len(rows) + len(whole) <= most else candidate_rows(found.candidates, width)
    return rows


def candidate_rows(found: Sequence[CandidateView], width: int, *, whole: bool = False) -> list[Row]:
    """A candidate: its key, the order, how sure, and the evidence; ``whole``: below it where it has no room beside."""
    if not found:
        return [Row((Part("no order looks like it; ", "muted"), Part("l", "warn"), Part(" names one", "muted")))]
    rows = []
    for number, each in enumerate(found, 1):
        parts = [
            Part(f"{number} ", "warn", bold=True),
            Part(f"{numbered(each.number)} {each.name}", "strong"),
            Part(f"  {each.score} % ", "info"),
        ]
        said = ", ".join(each.evidence)
        below = whole and cells(parts) + cell_len(said) > width
        rows.append(Row(cut(parts if below else [*parts, Part(said, "muted")], width), key=each.order_id))
        if below:
            rows += [Row((Part(" " * _INDENT), Part(line, "muted"))) for line in wrap(said, width - _INDENT)]
    return rows


def letter_rows(message: MessageView, frame: Frame, width: int) -> list[Row]:
    """The mail as it is read."""
    rows = [heading(message, frame, width, unanswered=False, folded=False)]
    rows += remarks(message, width)
    rows += [BLANK, *body(message, width, {(message.id, first) for first, _ in message.quoted})]
    if message.attachments:
        rows += [BLANK, *attached(message, width)]
    return [row if asks(row.key) else Row(row.parts) for row in rows]


def asks(key: Any) -> bool:
    """Whether enter on a row has something fetched from the mailbox."""
    return isinstance(key, tuple) and key[:1] in {("body",), ("attachment",)}
