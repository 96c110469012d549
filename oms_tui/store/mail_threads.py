"""Conversations of the cache: a new mail finds its own by lookup, and only the conversations it touches are derived.

The rules are ``domain.conversations``: two mails that share a Message-ID and a person are one conversation. Each such
pair is one hashed row of ``message_references``, kept for the first mail that named it. Everything here works inside
the caller's transaction.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from oms_tui.domain.conversations import Decision, came_back, people, returned_from, state_of, thread_keys, threads
from oms_tui.domain.vocabulary import ConversationStatus, Direction, MailState
from oms_tui.store import mail_rows
from oms_tui.store.rows import chunks, insert, marks, upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from oms_tui.domain.conversations import Letter
    from oms_tui.store.driver import Connection
    from oms_tui.store.mail_rows import Mail

TO_LINK: Final = frozenset({"", "bounce"})
"""Kinds of mail that should lie on an order: what people write, and what of ours came back."""

_BY_HAND: Final = "by hand"
_CHAIN: Final = 20  # decisions followed from mail to mail
_STATUSES: Final = frozenset(ConversationStatus)
_NOBODY_WAITS: Final = frozenset(
    {ConversationStatus.CLOSED, ConversationStatus.SPAM, ConversationStatus.MERGED, ConversationStatus.SNOOZED}
)


@dataclass(frozen=True, slots=True)
class Moves:
    """Where people put mails: the name of each moved mail with that of the mail it was put to, and those names."""

    to: Mapping[str, str] = field(default_factory=dict)
    targets: Collection[str] = frozenset()


def moves(desk: Connection) -> Moves:
    """Every mail that somebody split off or put elsewhere; one put to a mail that was moved itself goes along."""
    found = dict(desk.execute("SELECT mail, value FROM thread_decisions WHERE kind='thread'").fetchall())
    resolved = {name: _end(found, name) for name in found}
    return Moves(resolved, frozenset(resolved.values()))


def _end(found: Mapping[str, str], name: str) -> str:
    seen = {name}
    for _ in range(_CHAIN):
        following = found.get(name, name)
        if following in seen:
            return following if following == name else name
        seen.add(following)
        name = following
    return name


def place(cache: Connection, mails: Sequence[Mail], moved: Moves, own: Collection[str]) -> set[int]:
    """Give every new mail its conversation: a known one, several that become one, or one of its own.

    Returns:
        the conversations that existed before and are touched.
    """
    keys = [_keys(mail, moved, own) for mail in mails]
    owners: dict[int, int] = {}
    roots = list(range(len(mails)))
    for index, named in enumerate(keys):
        for key in named:
            first = owners.setdefault(key, index)
            if first != index:
                _join(roots, index, first)
    known = _conversations(cache, owners)
    groups: dict[int, list[int]] = {}
    for index in range(len(mails)):
        groups.setdefault(_root(roots, index), []).append(index)
    joined: dict[int, int] = {}  # a conversation that was merged, and into which
    touched: set[int] = set()
    plans: list[tuple[list[int], set[int]]] = []
    for group in groups.values():
        found = {known[key] for index in group for key in keys[index] if key in known}
        plans.append((group, found))
        if len(found) > 1:
            _merge(joined, found)
    for group, found in plans:
        if found:
            conversation = _final(joined, min(found))
            touched.add(conversation)
        else:
            conversation = min((mails[index].at, mails[index].id) for index in group)[1]
        for index in group:
            mails[index].conversation = conversation
    _store_merges(cache, joined)
    rows = [(key, mails[index].id) for key, index in owners.items() if key not in known]
    cache.executemany("INSERT OR IGNORE INTO message_references(key, message) VALUES (?,?)", rows)
    return touched


def rethread(cache: Connection, conversations: Iterable[int], moved: Moves, own: Collection[str]) -> set[int]:
    """Divide the mails of these conversations anew, as after a person's decision; returns the conversations there are.

    Conversations that some of these mails belong to by their headers are drawn in: a decision that was taken back.
    """
    old = set(conversations)
    while True:
        mails = mail_rows.load(cache, "conversation_id", old)
        owners = {key: mail.id for mail in reversed(mails) for key in _keys(mail, moved, own)}
        more = set(_conversations(cache, owners).values()) - old
        if not more:
            break
        old |= more
    by_name: dict[str, list[Mail]] = {}
    for mail in mails:
        by_name.setdefault(mail.name, []).append(mail)
    count_badge(cache, "mail.to_link", -_to_link(cache, old))
    for part in chunks([mail.id for mail in mails]):
        cache.execute(f"DELETE FROM message_references WHERE message IN ({marks(len(part))})", list(part))
    for part in chunks(old):
        cache.execute(f"DELETE FROM conversations WHERE id IN ({marks(len(part))})", list(part))
    now: set[int] = set()
    for group in threads([letter(mail, moved, own) for mail in mails], own):
        members = [mail for name in dict.fromkeys(each.name for each in group) for mail in by_name[name]]
        before = Counter(mail.conversation for mail in members if mail.conversation is not None)
        likely = [number for number, _ in before.most_common()] + [mail.id for mail in members]
        conversation = next(number for number in likely if number not in now and _is_free(cache, number))
        now.add(conversation)
        for mail in members:
            mail.conversation = conversation
    cache.executemany(
        "UPDATE messages SET conversation_id=? WHERE id=?", [(mail.conversation, mail.id) for mail in mails]
    )
    cache.executemany("INSERT OR IGNORE INTO message_references(key, message) VALUES (?,?)", list(owners.items()))
    return now


def _is_free(cache: Connection, number: int) -> bool:
    return cache.execute("SELECT 1 FROM conversations WHERE id=?", (number,)).fetchone() is None


def letter(mail: Mail, moved: Moves, own: Collection[str]) -> Letter:
    """A mail as threading sees it, with what a person decided."""
    return mail.letter(own, moved.to.get(mail.name, "") if moved.to else "")


def derive(
    cache: Connection,
    desk: Connection,
    mails: Iterable[Mail],
    own: Collection[str],
    now: int,
    *,
    known: Collection[int] | None = None,
) -> set[int]:
    """Write the rows of conversations.

    Args:
        cache: the cache, in a transaction.
        desk: the desk, for what people decided about them.
        mails: every mail of these conversations.
        own: the desk's own addresses, normalised.
        now: milliseconds since 1970 UTC.
        known: those of the conversations that may have a row already; None: any of them.

    Returns:
        the conversations written.
    """
    members: dict[int, list[Mail]] = {}
    for mail in mails:
        if mail.conversation is not None:
            members.setdefault(mail.conversation, []).append(mail)
    _note_returns(cache, members, own)
    decisions = _statuses(desk, (mail.name for group in members.values() for mail in group))
    before = _to_link(cache, members if known is None else known)
    moment = _moment(now)
    rows = [_row(number, group, decisions, own, moment) for number, group in members.items()]
    cache.executemany(upsert("conversations"), rows)
    count_badge(cache, "mail.to_link", sum(row[-1] for row in rows) - before)
    return set(members)


def _row(
    number: int, mails: list[Mail], decisions: Mapping[str, Decision], own: Collection[str], moment: datetime
) -> tuple[Any, ...]:
    alone = len(mails) == 1
    if not alone:
        mails.sort(key=lambda mail: (mail.at, mail.direction == Direction.OUTBOUND, mail.id))
    letters = [mail.letter(own) for mail in mails]
    decision = None
    if decisions:
        made = [decisions[each.name] for each in letters if each.name in decisions]
        decision = max(made, key=lambda each: each.at, default=None)
    state = state_of(letters, now=moment, decision=decision)
    first = mails[0]
    waits = state.waiting_since is not None and state.status not in _NOBODY_WAITS
    unanswered = [mail.id for mail in mails if mail.name == state.unanswered] if waits else []
    shut = decision is not None and state.status in _NOBODY_WAITS
    to_link = 0 if shut else len({mail.name for mail in mails if _waits_for_a_link(mail)})
    return (
        number,
        first.name,
        _customer(letters, own),
        first.subject,
        state.status,
        1 if alone else len({mail.name for mail in mails}),
        _ms(state.last_inbound_at),
        _ms(state.last_outbound_at),
        _ms(state.waiting_since) if waits else None,
        unanswered[0] if unanswered else None,
        _ms(decision.until) if decision is not None and state.status == ConversationStatus.SNOOZED else None,
        _ms(state.returned_at) if waits else None,
        to_link,
    )


def _note_returns(cache: Connection, members: Mapping[int, Sequence[Mail]], own: Collection[str]) -> None:
    """Which mails of ours came back, and from whom: their letters say so from then on."""
    sent = [each for group in members.values() for each in group if each.direction == Direction.OUTBOUND]
    came = bounces_of(cache, {each.message_id for each in sent if not each.auto})
    for mail in sent if came else ():
        if told := came.get(mail.message_id):
            mail.seen_as = replace(
                mail.letter(own),
                returned=returned_from(mail.recipients, (text for _, text in told)),
                returned_at=_moment(max(at for at, _ in told)),
            )


def _waits_for_a_link(mail: Mail) -> bool:
    """Whether a person should say which order it is about: what machines send is only counted, but for bounces."""
    return (
        mail.state == MailState.UNLINKED
        and mail.direction == Direction.INBOUND
        and mail.auto in TO_LINK
        and mail.gone_at is None
    )


def _customer(letters: Sequence[Letter], own: Collection[str]) -> str:
    """The address on the other side: who wrote first, else whom we wrote to."""
    for each in letters:
        if each.direction == Direction.INBOUND and each.by_a_person and each.sender:
            return each.sender
    return next((person for each in letters for person in people(each, own)), "")


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)


def _statuses(desk: Connection, names: Iterable[str]) -> dict[str, Decision]:
    """What people decided about the conversations these mails are in."""
    if desk.execute("SELECT 1 FROM thread_decisions WHERE kind='status' LIMIT 1").fetchone() is None:
        return {}
    found: dict[str, Decision] = {}
    for part in chunks(dict.fromkeys(names)):
        query = (
            "SELECT mail, value, decided_at, snoozed_until FROM thread_decisions WHERE kind='status' "
            f"AND mail IN ({marks(len(part))})"
        )
        for name, value, at, until in desk.execute(query, list(part)):
            if value in _STATUSES:
                found[name] = Decision(value, _moment(at), _moment(until) if until is not None else None)
    return found


def _to_link(cache: Connection, conversations: Iterable[int]) -> int:
    found = 0
    for part in chunks(conversations):
        query = f"SELECT total(to_link) FROM conversations WHERE id IN ({marks(len(part))})"
        found += int(cache.execute(query, list(part)).fetchone()[0])
    return found


def count_badge(cache: Connection, key: str, more: int) -> None:
    """Add to a count kept at write time."""
    if more:
        cache.execute(f"{insert('badges')} ON CONFLICT(key) DO UPDATE SET value=value+excluded.value", (key, more))


# ---- keys


def _keys(mail: Mail, moved: Moves, own: Collection[str]) -> list[int]:
    """What makes it one conversation with others, hashed.

    That a mail shares a key with itself "by hand" matters only where a person moved one to it, or it has no Message-ID
    by which its copies find each other: so that key is made for those alone.
    """
    named = not mail.message_id or (bool(moved.to) and mail.name in moved.targets)
    return [
        _hashed(name, person)
        for name, person in thread_keys(letter(mail, moved, own), own)
        if name != _BY_HAND or named or mail.name in moved.to
    ]


def _hashed(name: str, person: str) -> int:
    return int.from_bytes(blake2b(f"{name}\x1f{person}".encode("utf-8", "replace"), digest_size=8).digest()) >> 1


def conversations_about(cache: Connection, pairs: Iterable[tuple[str, str]]) -> set[int]:
    """The conversations in which a mail of this Message-ID is named together with this person (normalised)."""
    return set(_conversations(cache, {_hashed(name, person) for name, person in pairs}).values())


def returns_of(cache: Connection, message_ids: Iterable[str]) -> set[int]:
    """The conversations of bounces that return mails of these Message-IDs."""
    return set(_conversations(cache, {_hashed(*came_back(name)) for name in message_ids if name}).values())


def bounces_of(cache: Connection, message_ids: Iterable[str]) -> dict[str, list[tuple[int, str]]]:
    """When mails of these Message-IDs came back, in milliseconds, and what the mail that returned each says."""
    names = {_hashed(*came_back(name)): name for name in message_ids if name}
    found: dict[str, list[tuple[int, str]]] = {}
    for part in chunks(names):
        query = (
            "SELECT r.key, b.sent_at, b.text, b.refs FROM message_references r JOIN messages m ON m.id=r.message "
            "JOIN messages b ON b.conversation_id=m.conversation_id AND b.auto='bounce' "
            f"WHERE r.key IN ({marks(len(part))})"
        )
        for key, at, text, refs in cache.execute(query, list(part)):
            if names[key] in mail_rows.unpacked(refs):  # its conversation may hold what returned another mail
                found.setdefault(names[key], []).append((at, text))
    return found


def _conversations(cache: Connection, keys: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in chunks(keys):
        query = (
            "SELECT r.key, m.conversation_id FROM message_references r JOIN messages m ON m.id=r.message "
            f"WHERE r.key IN ({marks(len(part))})"
        )
        found.update(cache.execute(query, list(part)).fetchall())
    return found


def _merge(joined: dict[int, int], found: Iterable[int]) -> None:
    ends = {_final(joined, number) for number in found}
    keep = min(ends)
    for number in ends - {keep}:
        joined[number] = keep


def _final(joined: Mapping[int, int], number: int) -> int:
    while number in joined:
        number = joined[number]
    return number


def _store_merges(cache: Connection, joined: Mapping[int, int]) -> None:
    """The older conversation takes the mails of the other; what waited for a link there is counted again with it."""
    for number in joined:
        count_badge(cache, "mail.to_link", -_to_link(cache, [number]))
        cache.execute("UPDATE messages SET conversation_id=? WHERE conversation_id=?", (_final(joined, number), number))
        cache.execute("DELETE FROM conversations WHERE id=?", (number,))


def _root(roots: list[int], index: int) -> int:
    while roots[index] != index:
        roots[index] = roots[roots[index]]
        index = roots[index]
    return index


def _join(roots: list[int], left: int, right: int) -> None:
    first, second = sorted((_root(roots, left), _root(roots, right)))
    roots[second] = first
