"""Answers of servers, read quickly where they are usual and thoroughly where they are not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient.exceptions import ProtocolError

from connectors.mail.imap_folders import roles
from connectors.mail.imap_rows import Row, received, rows
from connectors.mail.imap_uids import UidSet

_UIDS = st.sets(st.integers(1, 5000), max_size=60)


@given(_UIDS)
def test_a_set_of_uids_survives_being_written_and_read(uids: set[int]) -> None:
    found = UidSet.parse(str(UidSet.of(uids)))
    assert list(found) == sorted(uids)
    assert len(found) == len(uids)
    assert all((uid in found) is (uid in uids) for uid in range(1, 5001, 7))


@pytest.mark.parametrize(
    ("text", "uids"), [("", []), ("7", [7]), ("3:1,2:5", [1, 2, 3, 4, 5]), ("9,1:2,3", [1, 2, 3, 9])]
)
def test_sets_as_servers_write_them(text: str, uids: list[int]) -> None:
    assert list(UidSet.parse(text)) == uids


def test_a_set_of_billions_costs_nothing() -> None:
    everything = UidSet.parse("1:4294967295")
    assert len(everything) == 4_294_967_295
    assert 77 in everything


@pytest.mark.parametrize("text", ["*", "1:*", "one", "1,,2", "1:2:3", "-1", "1 2", "99999999999"])
def test_what_is_no_set_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no set of UIDs"):
        UidSet.parse(text)


@st.composite
def answers(draw: st.DrawFn) -> tuple[list[bytes | tuple[bytes, bytes]], Row]:
    """A FETCH answer with its items in any order, as imaplib splits it, and what it says."""
    uid = draw(st.integers(1, 2**32 - 1))
    size = draw(st.integers(0, 2**40))
    flags = draw(st.lists(st.sampled_from(["\\Seen", "\\Answered", "$Forwarded", "NonJunk"]), unique=True))
    literal = draw(st.binary(max_size=80))
    items = [
        f"UID {uid}",
        f"FLAGS ({' '.join(flags)})",
        'INTERNALDATE " 2-Mar-2026 11:00:00 +0100"',
        f"RFC822.SIZE {size}",
    ]
    items += draw(st.lists(st.just(f"MODSEQ ({size + 1})"), max_size=1))
    shuffled = draw(st.permutations(items))
    cut = draw(st.integers(0, len(shuffled)))
    name = draw(
        st.sampled_from(["BODY[HEADER.FIELDS (FROM TO)]", 'BODY[HEADER.FIELDS ("from" "to")]', "BODY[]<0>", "body[]"])
    )
    head = " ".join([*shuffled[:cut], f"{name} {{{len(literal)}}}"])
    tail = "".join(f" {item}" for item in shuffled[cut:])
    seen = Row(uid, tuple(sorted(flags)), datetime(2026, 3, 2, 10, tzinfo=UTC), size, literal)
    return [(f"7 ({head}".encode(), literal), f"{tail})".encode()], seen


@given(st.lists(answers(), max_size=5, unique_by=lambda answer: answer[1].uid))
def test_items_may_come_in_any_order(told: list[tuple[list[bytes | tuple[bytes, bytes]], Row]]) -> None:
    records = [record for answer, _ in told for record in answer]
    assert rows(records) == {row.uid: row for _, row in told}


def test_a_second_answer_about_a_message_adds_to_the_first() -> None:
    found = rows(
        [(b"1 (UID 5 FLAGS () BODY[] {2}", b"hi"), b")", b"1 (UID 5 FLAGS (\\SEEN \\Recent))", b"2 (FLAGS ())"]
    )
    assert found == {5: Row(5, ("\\Seen",), None, None, b"hi")}


@pytest.mark.parametrize("body", [b'"quoted"', b"NIL", b"2026"])
def test_a_short_text_may_come_without_a_literal(body: bytes) -> None:
    expected = b"" if body == b"NIL" else body.strip(b'"')
    assert rows([b"1 (UID 5 BODY[HEADER.FIELDS (X-OMS-ID)] " + body + b")"])[5].body == expected


@given(
    st.lists(st.binary(max_size=60) | st.tuples(st.binary(max_size=60), st.binary(max_size=20)) | st.none(), max_size=4)
)
def test_no_answer_breaks_more_than_itself(records: list[bytes | tuple[bytes, bytes] | None]) -> None:
    try:
        rows(records)
    except (ValueError, ProtocolError):
        return


@pytest.mark.parametrize("cut", [b"1 (UID 5 BODY[] {9}", b"1 (UID 5 FLAGS (\\Seen BODY[] {3}"])
def test_a_broken_answer_is_refused(cut: bytes) -> None:
    with pytest.raises((ValueError, ProtocolError)):
        rows([(cut, b"abc"), b")"])


@given(st.integers(315_532_800, 3_471_292_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_arrival_times_are_read_in_any_zone(moment: datetime) -> None:
    assert received(moment.strftime("%d-%b-%Y %H:%M:%S +0000").encode()) == moment
    assert received(moment.strftime("%d-%b-%Y %H:%M:%S -0130").encode()) > moment


@pytest.mark.parametrize("value", [b"", b"today", b"31-Feb-2026 10:00:00 +0000", b"01-Foo-2026 10:00:00 +0000"])
def test_what_is_no_time_is_none(value: bytes) -> None:
    assert received(value) is None


@pytest.mark.parametrize(
    ("listed", "sent"),
    [
        ([(("\\HasNoChildren", "\\sent"), "/", "Verschicktes")], "Verschicktes"),
        ([((), ".", "INBOX.Sent"), ((), ".", "INBOX.Sent.2019.Sent")], "INBOX.Sent"),
        ([((), "/", "Gesendete Elemente")], "Gesendete Elemente"),
        ([((), "/", "Éléments envoyés")], "Éléments envoyés"),
        ([((), "/", "Elementos enviados")], "Elementos enviados"),
        ([((), "/", "Отправленные")], "Отправленные"),
        ([(("\\Sent",), "/", "Ours"), ((), "/", "Sent")], "Ours"),
        ([(("\\Noselect", "\\Sent"), "/", "Sent"), ((), "/", "Sent Items")], "Sent Items"),
        ([((), "/", "Presented"), ((), "/", "Not sent yet")], None),
    ],
)
def test_the_sent_folder_is_found_in_many_houses(
    listed: list[tuple[tuple[str, ...], str, str]], sent: str | None
) -> None:
    assert roles([((), "/", "INBOX"), *listed]).get("sent") == sent
    assert roles(listed, sent="Elsewhere")["sent"] == "Elsewhere"
