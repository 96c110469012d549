"""Which mails are one conversation, and who waits for whom in it.

Mails are joined by what their headers refer to, as in Zawinski's threading, and never by subject (zammad#2444: a
stranger's mail appended). Two mails are joined only if they share a Message-ID *and* a person: the answers to a
newsletter all refer to the same mail and are no conversation (chatwoot#13502). So there is nothing to walk and no cycle
to fall into.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from oms_tui.domain import normalise
from oms_tui.domain.vocabulary import ConversationStatus, Direction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

MOST_REFERENCES: Final = 50
"""References of one mail that count: the newest. A list of 20,000 is an attack."""

MOST_PEOPLE: Final = 20
"""People of one mail that count."""

_SETTLES: Final = frozenset({ConversationStatus.CLOSED, ConversationStatus.PENDING})
"""What a person decides when nobody waits any more: it needs no answer, or was answered otherwise (by phone)."""

_STAYS: Final = frozenset({ConversationStatus.SPAM, ConversationStatus.MERGED})


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, as threading sees it.

    Attributes:
        name: how the desk calls it, unique.
        at: when: the earlier of its Date and its arrival, so that a forged Date cannot move it ahead. Aware.
        direction: a Direction.
        sender: the From address.
        recipients: To and Cc.
        reply_to: where its author wants answers.
        message_id: with angle brackets; "" for none.
        in_reply_to: likewise.
        references: likewise, oldest first.
        auto: why it is machine-made (bounce, auto-replied, list…), "" if a person wrote it.
        moved_to: the name of a mail into whose conversation a person put it (its own: split off), "" for no decision.
        returned: of a mail of ours, the addresses it came back from, normalised.
        returned_at: when the last of them did, None for a mail that did not come back. Aware.
    """

    name: str
    at: datetime
    direction: str
    sender: str
    recipients: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    auto: str = ""
    moved_to: str = ""
    returned: frozenset[str] = frozenset()
    returned_at: datetime | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Its own Message-ID and those it refers to, each once."""
        wanted = (self.message_id, self.in_reply_to, *self.references[-MOST_REFERENCES:])
        return tuple(dict.fromkeys(name for name in wanted if name))

    @property
    def by_a_person(self) -> bool:
        """Whether a person wrote it."""
        return not self.auto


def people(letter: Letter, own_addresses: Collection[str]) -> tuple[str, ...]:
    """Everybody in a mail's headers but ourselves, normalised, at most ``MOST_PEOPLE``. ``own_addresses`` likewise."""
    everybody = dict.fromkeys(map(normalise.email, (letter.sender, *letter.reply_to, *letter.recipients)))
    return tuple(person for person in everybody if person and person not in own_addresses)[:MOST_PEOPLE]


def came_back(message_id: str) -> tuple[str, str]:
    """The key of what returns our mail of this Message-ID: such mails are one conversation, of its own."""
    return message_id, "came back"


def returned_from(recipients: Iterable[str], bounces: Iterable[str]) -> frozenset[str]:
    """Of whom a mail of ours was sent to, those it came back from, normalised: whom a bounce names, else all.

    Args:
        recipients: To and Cc of our mail.
        bounces: the texts of the mails that returned it.
    """
    there = frozenset(filter(None, map(normalise.email, recipients)))
    found: set[str] = set()
    for text in map(str.lower, bounces):
        found |= {address for address in there if address in text} or there
    return frozenset(found)


def thread_keys(letter: Letter, own_addresses: Collection[str]) -> Iterator[tuple[str, str]]:
    """What makes it one conversation with another mail: any key they share. ``own_addresses`` are normalised."""
    if letter.moved_to:
        yield "by hand", letter.moved_to
        return
    yield "by hand", letter.name
    if letter.auto == "bounce":  # by these the mail that came back finds it, whichever machine returned it
        for message_id in letter.references[-MOST_REFERENCES:]:
            yield came_back(message_id)
    for person in people(letter, own_addresses) or ("",):
        for message_id in letter.ids:
            yield message_id, person


def threads(letters: Sequence[Letter], own_addresses: Collection[str]) -> list[list[Letter]]:
    """The conversations among ``letters``, each oldest first; conversations by their first mail.

    Linear in the number of mails. Which order they come in does not matter.
    """
    ours = {normalise.email(address) for address in own_addresses}
    roots = list(range(len(letters)))
    first_with: dict[tuple[str, str], int] = {}
    for index, letter in enumerate(letters):
        for key in thread_keys(letter, ours):
            _join(roots, index, first_with.setdefault(key, index))
    groups: dict[int, list[Letter]] = {}
    for index, letter in enumerate(letters):
        groups.setdefault(_root(roots, index), []).append(letter)
    ordered = [sorted(group, key=_place) for group in groups.values()]
    return sorted(ordered, key=lambda group: _place(group[0]))


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a conversation: its status, when, and until when (of a snooze). Aware."""

    status: str
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConversationState:
    """Who waits for whom.

    Attributes:
        status: a ConversationStatus.
        waiting_since: when the oldest mail came that nobody answered; None if none waits.
        unanswered: name of the newest mail that nobody answered, "" for none.
        last_direction: of the newest mail that a person wrote, "" if nobody did.
        last_inbound_at: the newest mail a person sent us.
        last_outbound_at: the newest mail a person here sent.
        bounced: our last mail came back.
        returned_at: when an answer came back to which somebody waits again; None while none did. Aware.
    """

    status: ConversationStatus
    waiting_since: datetime | None = None
    unanswered: str = ""
    last_direction: str = ""
    last_inbound_at: datetime | None = None
    last_outbound_at: datetime | None = None
    bounced: bool = False
    returned_at: datetime | None = None

    @property
    def needs_answer(self) -> bool:
        """Whether a person here has to write, or close it with a reason."""
        return self.status == ConversationStatus.OPEN and self.waiting_since is not None


def state_of(letters: Sequence[Letter], *, now: datetime, decision: Decision | None = None) -> ConversationState:
    """Who waits in one conversation.

    Machine-made mail neither waits nor answers: not a bounce, not an auto-reply, not our own order confirmation. A mail
    of ours answers those whose author it goes to, or that it replies to; one forwarded to a carrier answers nobody. A
    customer's "thanks" waits like anything else until somebody closes it. A mail of ours that came back has answered
    nobody there, and what was decided before it did was decided in the belief that it had.

    Args:
        letters: the mails of the conversation, in any order.
        now: for a snooze; aware.
        decision: the last thing a person decided about it.
    """
    ordered = sorted(letters, key=_place)
    waiting: list[Letter] = []
    last: dict[str, Letter] = {}
    bounced = False
    for letter in ordered:
        if letter.by_a_person:
            last[letter.direction] = letter
            bounced = False
        elif letter.auto == "bounce":
            bounced = True
        if not letter.by_a_person:
            continue
        if letter.direction == Direction.INBOUND:
            waiting.append(letter)
        else:
            waiting = [mail for mail in waiting if not _answers(letter, mail)]
    returned_at = max((each.returned_at for each in ordered if each.returned_at is not None), default=None)
    if decision and returned_at and returned_at > decision.at and decision.status not in _STAYS:
        decision = None
    inbound, outbound = last.get(Direction.INBOUND), last.get(Direction.OUTBOUND)
    newest = max(last.values(), key=_place, default=None)
    if decision and decision.status in _SETTLES:
        waiting = [mail for mail in waiting if mail.at > decision.at]
    return ConversationState(
        status=_status(decision, now=now, newest_inbound=inbound, waiting=bool(waiting), anybody=newest is not None),
        waiting_since=waiting[0].at if waiting else None,
        unanswered=waiting[-1].name if waiting else "",
        last_direction=newest.direction if newest else "",
        last_inbound_at=inbound.at if inbound else None,
        last_outbound_at=outbound.at if outbound else None,
        bounced=bounced,
        returned_at=returned_at if waiting else None,
    )


def _status(
    decision: Decision | None, *, now: datetime, newest_inbound: Letter | None, waiting: bool, anybody: bool
) -> ConversationStatus:
    if decision is not None:
        status = ConversationStatus(decision.status)
        written_since = newest_inbound is not None and newest_inbound.at > decision.at
        over = status == ConversationStatus.SNOOZED and decision.until is not None and decision.until <= now
        if status in _STAYS or not (written_since or over or status == ConversationStatus.OPEN):
            return status
    if waiting:
        return ConversationStatus.OPEN
    return ConversationStatus.PENDING if anybody else ConversationStatus.CLOSED


def _answers(ours: Letter, theirs: Letter) -> bool:
    if ours.returned:
        reached = {normalise.email(address) for address in ours.recipients} - ours.returned
        authors = {normalise.email(address) for address in (theirs.sender, *theirs.reply_to)}
        if not reached or (authors & ours.returned and not authors & reached):
            return False
    if theirs.message_id and ours.in_reply_to == theirs.message_id:
        return True
    authors = set(map(normalise.email, (theirs.sender, *theirs.reply_to)))
    return any(normalise.email(address) in authors for address in ours.recipients)


def _place(letter: Letter) -> tuple[datetime, bool, str]:
    """Oldest first; of the same moment what came in before what went out."""
    return letter.at, letter.direction == Direction.OUTBOUND, letter.name


def _root(roots: list[int], index: int) -> int:
    while roots[index] != index:
        roots[index] = roots[roots[index]]
        index = roots[index]
    return index


def _join(roots: list[int], left: int, right: int) -> None:
    first, second = sorted((_root(roots, left), _root(roots, right)))
    roots[second] = first
