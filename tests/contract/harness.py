"""What a connector brings along to be held against the contract.

The contract is sixteen groups of tests, written once in ``test_contract_*.py``. Each runs for every connector of
``connectors.catalogue``. What differs between systems is in a harness: one module ``harness_<key>.py`` beside this one
with a class deriving from ``Harness`` whose ``key`` is the connector's. A connector without one fails the suite.

Reading is ``reading.py``, faults on the wire ``wire_faults.py``, changed schemas ``drift.py``. To write a harness for
an HTTP system with recorded answers:

1. ``network()`` returns an ``httpx.MockTransport`` that answers from recordings; ``account()`` puts the transport it
   is given (or ``network()``) into ``options["transport"]``. That is enough for groups 1, 2, 6, 7, 8, 9, 13, 14: the
   suite wraps your transport in faults (``wire_faults.py``) and drifts (``drift.py``).
2. ``seeded()`` says what a full read must bring.
3. ``records_in(document)`` finds the records inside one parsed answer, so that fields can be dropped and spoiled.
4. The rest as the system allows. What does not apply is declared in ``not_applicable`` by group number with the reason
   as a sentence: the suite prints it, and refuses a reason where the manifest says that the group does apply.

Make connectors in a test by ``harness.connect()``, so that they are closed.

A system without HTTP (``network()`` is None) is spared the faults on the wire: groups 8, 9 and 13 must then be declared
with the place where its own tests do the same.

Servers are fixtures: a harness names the ones it needs in ``fixtures`` and finds them in ``self.given`` by name; they
are started when they are first looked up. Before a test changes anything it calls ``take_own()``: a harness whose
server is shared moves to one that may be changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from connectors import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import httpx
    import pytest

    from connectors.base import Account, Action, Change, Connector, MailSender, TrackingRef
    from connectors.errors import ConnectorError
    from connectors.records import Ref

GROUPS: dict[int, str] = {
    1: "check() names what is wrong: key, host, expiry, scope",
    2: "a full read brings what was seeded, no more, no less",
    3: "each change a desk lives on is seen, by the cursor if declared, else by fetch",
    4: "records of the same second around a page's edge: none lost, none doubled",
    5: "a record that changes during paging is not lost",
    6: "a crash between page and commit: the replay gives the same state",
    7: "past the end, empty, 204, unknown ids",
    8: "429 in six shapes, 5xx, HTML, truncated, redirect loop, slow, cut anywhere",
    9: "clocks that are off by five minutes either way",
    10: "money of no, two and three decimals",
    11: "the same key twice acts once; an answer lost is found by confirm",
    12: "a stale version is a conflict and nothing is written",
    13: "a field missing, null, of another type, an unknown word: that record is set aside, the others land",
    14: "secrets in no error, repr or log",
    15: "ten thousand records in bounded memory, resumable",
    16: "any script, right-to-left, controls, five thousand characters: kept as sent",
}


@dataclass(frozen=True)
class Refused:
    """An account that must not work, and how ``check()`` has to say so."""

    why: str  # "wrong key", "wrong host", "expired", "missing scope"
    account: Account
    error: type[ConnectorError]


@dataclass(frozen=True)
class Sign:
    """How a change shows: in ``stream``, or in ``fetch([ref])``, something told (``reading.told``) that is ``seen``."""

    stream: str
    seen: Callable[[Any], bool]
    ref: Ref | None = None


@dataclass(frozen=True)
class Write:
    """An action to try.

    ``version`` is that of the order as it is now, ``effects()`` counts how often the action has happened over there,
    ``meanwhile()`` is somebody else changing the order.
    """

    action: Action
    version: str
    effects: Callable[[], int]
    meanwhile: Callable[[], None]


@dataclass(frozen=True)
class Posting:
    """A way out for mail: ``lose()`` makes the next answer get lost after the server took the message.

    ``arrived(text)`` counts the messages with ``text`` in them that came to where they were sent.
    """

    sender: MailSender
    address: str
    recipient: str
    lose: Callable[[], None]
    arrived: Callable[[str], int]


@dataclass(frozen=True)
class Priced:
    """An amount as the system writes it, and what must come out (minor units)."""

    currency: str
    account: Account
    stream: str
    remote_id: str
    amount: int


@dataclass
class Harness:
    """One connector's side of the contract. Override what the system has; see the module's words."""

    given: Mapping[str, Any]
    folder: Path
    key: ClassVar[str] = ""
    key_shown_in: ClassVar[str] = ""  # the tests of a wrong key, where the account at hand needs none (group 1)
    fixtures: ClassVar[tuple[str, ...]] = ()
    marks: ClassVar[tuple[str, ...]] = ()
    not_applicable: ClassVar[Mapping[int, str]] = {}
    structure: ClassVar[frozenset[str]] = frozenset()  # fields without which an answer is none at all (group 13)
    per_document: ClassVar[int] = 1  # records that one document of theirs may make at most (group 13)
    context_field: ClassVar[str] = "no such field"  # told by it: a document by which many records are read (group 13)
    opened: list[Connector] = field(default_factory=list)

    def take_own(self) -> None:
        """From now on the account's server is one that may be changed."""

    def account(self, **options: Any) -> Account:
        """An account that works. ``options`` go into ``Account.options`` (``transport``, ``clock``)."""
        raise NotImplementedError

    def connect(self, account: Account | None = None) -> Connector:
        """The connector on ``account`` (by default the one that works); closed when the test ends."""
        made = catalogue.connector(self.key)(account or self.account())
        self.opened.append(made)
        return made

    def network(self) -> httpx.BaseTransport | None:
        """What the account speaks through: the real network, recordings, or None where it is not HTTP."""
        return None

    def secrets(self) -> Sequence[str]:
        """Every secret in ``account()``'s values."""
        raise NotImplementedError

    def refused(self) -> Sequence[Refused]:
        """Accounts for group 1."""
        raise NotImplementedError

    def seeded(self) -> Mapping[str, set[str]]:
        """For each stream the identities (see ``identity``) that a full read must bring."""
        raise NotImplementedError

    def parcels(self) -> Sequence[TrackingRef]:
        """For a TrackingSource: what its stream "parcels" asks for."""
        return ()

    def changes(self) -> Mapping[Change | str, Callable[[], Sign]]:
        """For group 3: does the change on the system and says how it shows. For mail the names are its own."""
        raise NotImplementedError

    def together(self, count: int) -> tuple[str, set[str]]:
        """For group 4: make ``count`` records of one second; (stream, their identities)."""
        raise NotImplementedError

    def small_pages(self, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
        """Make the connector read ``size`` records a page."""
        raise NotImplementedError

    def touch(self) -> Sign:
        """For group 5: change a record that a full read brings early, by its owner's means; how that shows."""
        raise NotImplementedError

    def records_in(self, document: Any) -> list[dict[str, Any]]:
        """The records inside one parsed answer (the very dicts: the suite spoils them in place)."""
        raise NotImplementedError

    def priced(self) -> Sequence[Priced]:
        """For group 10."""
        raise NotImplementedError

    def writes(self) -> Mapping[str, Callable[[], Write]]:
        """For groups 11 and 12: by kind, makes a fresh action, not done yet."""
        raise NotImplementedError

    def posting(self) -> Posting:
        """For group 11 of a mail sender."""
        raise NotImplementedError

    def backfill(self, count: int) -> tuple[Account, str]:
        """For group 15: an account whose stream (named) holds ``count`` records."""
        raise NotImplementedError

    def hostile(self) -> Mapping[str, Sequence[str]]:
        """For group 16: by stream, texts in the seed that must come through as they were sent."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop what was started, beyond fixtures."""
