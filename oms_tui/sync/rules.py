"""Rules at work: every order that a rule's query newly finds gets its action, once.

What changed is looked at when it changes (the cache's feed), everything once a minute: a query about time finds orders
that nothing has touched. Nothing is done before every source was read once: what an order then seems to lack is only
not there yet.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from oms_tui.actions.base import Refused
from oms_tui.domain.rules import NEVER, RETURNS
from oms_tui.store import desk_rows
from oms_tui.store.driver import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oms_tui.actions.by_rule import Ready
    from oms_tui.domain.rules import Rule
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import QueueItem

MOST: Final = 100
"""Actions of a tick: a rule that is new and finds a whole shop works through it in bites."""

ROUNDS: Final = 5
"""How often one round of ``sync --once`` lets rules see what rules did."""

REST_MS: Final = 3_600_000
"""A rule that acts again on orders that come back leaves each alone for so long: two rules may undo each other."""

_LOOK_SECONDS: Final = 60.0
_FLOOD_SECONDS: Final = 5.0  # between looks at everything while more comes in than can be told one by one
_MOST_CHANGED: Final = 2_000
_PAGE: Final = 400
_LOG = logging.getLogger(__name__)


class Rules:
    """The rules of one worker. Knows which orders it need not look at again, so that a look costs little."""

    def __init__(self, session: Session, rules: Iterable[Rule], sources: Iterable[str]) -> None:
        self._session = session
        self._rules = [rule for rule in rules if rule.enabled]
        self._sources = list(sources)
        self._ready: list[Ready] | None = None
        self._settled: dict[str, set[int]] = {rule.name: set() for rule in self._rules}
        self._refused: dict[str, set[int]] = {rule.name: set() for rule in self._rules}
        self._seq = 0
        self._look_at = 0.0
        self._flooded = False
        self._counted: dict[str, int] = {}
        self._more = False
        self._left_out = ""

    def tick(self, *, whole: bool = False) -> int:
        """Do what is due, at most ``MOST`` of it; how many actions were done. ``whole``: look at every order anew."""
        if not self._rules or not self._may_begin():
            return 0
        changed, now = self._changed(), time.monotonic()
        if changed is None:
            self._flooded = True
            self._look_at = min(self._look_at, now + _FLOOD_SECONDS)
            changed = []
        if whole or self._more or now >= self._look_at:
            self._flooded |= whole
            changed = None
        if changed == []:
            return 0
        if changed is None:
            if self._flooded:  # any of them may have changed, those that were refused too
                for refused in self._refused.values():
                    refused.clear()
            self._flooded, self._look_at = False, now + _LOOK_SECONDS
        self._more = False
        done = 0
        for ready in list(self._all()):
            try:
                done += self._carry_out(ready, changed, MOST - done)
            except Exception:  # noqa: BLE001 - a fault of one rule holds up neither the others nor the worker
                _LOG.exception("the rule %r has a fault: it rests until the worker starts anew", ready.rule.name)
                self._all().remove(ready)
        return done

    def _all(self) -> list[Ready]:
        if self._ready is None:
            from oms_tui.actions.by_rule import all_ready

            self._ready, wrong = all_ready(self._session, self._rules)
            for name, refused in wrong.items():
                _LOG.warning("the rule %r is not at work: %s", name, refused)
        return self._ready

    def _may_begin(self) -> bool:
        from oms_tui.store.reads.rules import not_read_yet

        if not self._sources:
            return True
        waiting = ", ".join(not_read_yet(self._session.store, self._sources))
        if waiting and waiting != self._left_out:
            _LOG.info("rules wait for the first round of %s", waiting)
        self._left_out = waiting
        if not waiting:
            self._sources = []
        return not waiting

    def _changed(self) -> list[int] | None:
        """The orders that changed since the last tick; None for any number of them."""
        cache = self._session.store.cache
        rows = cache.execute(
            "SELECT seq, kind, ref FROM change_log WHERE seq > ? ORDER BY seq LIMIT ?", (self._seq, _MOST_CHANGED + 1)
        ).fetchall()
        if len(rows) > _MOST_CHANGED:
            self._seq = int(cache.execute("SELECT max(seq) FROM change_log").fetchone()[0])
            return None
        if rows:
            self._seq = rows[-1][0]
        if any(kind == "everything" for _, kind, _ in rows):
            return None
        return list(dict.fromkeys(ref for _, kind, ref in rows if kind == "order"))

    # ---- one rule

    def _carry_out(self, ready: Ready, changed: Sequence[int] | None, most: int) -> int:
        from oms_tui.store.reads.rules import found

        session, rule = self._session, ready.rule
        now = session.now()
        ids = found(session.store, ready.tree, now=now, zone=session.policy.zone, among=changed)
        self._notice_leaving(ready, set(ids), changed)
        settled = self._settled[rule.name]
        if changed is None and self._fewer_runs(rule):
            settled.clear()
        known = settled | self._refused[rule.name] if changed is None else settled
        fresh = [order for order in ids if order not in known]
        done = 0
        for start in range(0, len(fresh), _PAGE):
            for order, run in self._with_runs(rule, fresh[start : start + _PAGE]):
                if done >= most:
                    self._more = True
                    return done
                done += self._one(ready, order, run, now)
        return done

    def _fewer_runs(self, rule: Rule) -> bool:
        """Whether somebody has let the rule act once more on orders it has acted on."""
        desk, before = self._session.store.desk, self._counted.get(rule.name, 0)
        row = desk.execute("SELECT count(*) FROM rule_runs WHERE rule=?", (rule.name,)).fetchone()
        self._counted[rule.name] = int(row[0])
        return self._counted[rule.name] < before

    def _with_runs(self, rule: Rule, ids: Sequence[int]) -> list[tuple[QueueItem, Values | None]]:
        from oms_tui.store.reads.queue import items
        from oms_tui.store.reads.rules import runs_on

        orders = items(self._session.store, ids)
        runs = runs_on(self._session.store, rule.name, [(order.source, order.remote_id) for order in orders])
        return [(order, runs.get((order.source, order.remote_id))) for order in orders]

    def _one(self, ready: Ready, order: QueueItem, run: Values | None, now: int) -> bool:
        """Whether something was done to the order."""
        from oms_tui.actions.by_rule import carry_out, due

        rule = ready.rule
        if not due(rule, order, run):
            if run is not None and run["draft"] and run["state"] == "done":
                self._refresh(run, order)
            elif run is not None and run["state"] == "refused":
                self._refused[rule.name].add(order.id)  # until it changes: the feed brings it up then
            elif rule.again == NEVER:
                self._settled[rule.name].add(order.id)
            return False
        if run is not None and run["state"] != "refused" and now - run["ran_at"] < REST_MS:
            return False
        try:
            done = carry_out(self._session, ready, order)
        except Exception:  # noqa: BLE001 - a fault of one action holds up neither the others nor the worker
            _LOG.exception("the rule %r on %s: a fault", rule.name, order.number)
            self._settled[rule.name].add(order.id)
            return False
        _LOG.info("rule %s: %s %s on %s: %s", rule.name, done.result, done.action, order.number, done.why)
        return done.result != "refused"

    # ---- what a rule did and the order is no longer such a one

    def _notice_leaving(self, ready: Ready, here: set[int], changed: Sequence[int] | None) -> None:
        """Note which orders the query no longer finds; drafts prepared for them and not touched are withdrawn."""
        from oms_tui.store.reads.rules import STANDS, standing

        rule = ready.rule
        drafts_only = rule.again != RETURNS
        if drafts_only and ready.action.id != "draft":
            return
        if changed is not None:
            for _, run in self._with_runs(rule, [order for order in changed if order not in here]):
                if run is not None and run["left_at"] is None and run["state"] in STANDS:
                    self._left(rule, run)
            return
        for run in list(standing(self._session.store, rule.name, drafts_only=drafts_only)):
            order = self._id_of(run)
            if order is not None and order not in here:
                self._left(rule, run)

    def _id_of(self, run: Values) -> int | None:
        row = self._session.store.cache.execute(
            "SELECT o.id FROM orders o JOIN queue_row q ON q.order_id = o.id WHERE o.source=? AND o.remote_id=?",
            (run["source"], run["remote_id"]),
        ).fetchone()
        return int(row[0]) if row else None

    def _left(self, rule: Rule, run: Values) -> None:
        from oms_tui.actions.by_rule import as_rule
        from oms_tui.actions.prepared import withdraw

        session, desk = as_rule(self._session, rule), self._session.store.desk
        state = run["state"]
        with transaction(desk):
            if run["draft"] and withdraw(session, run["draft"], "its cause is gone"):
                state = "withdrawn"
            desk_rows.put(desk, "rule_runs", run | {"left_at": session.now(), "state": state})

    def _refresh(self, run: Values, order: QueueItem) -> None:
        """What a prepared draft says follows the order, until somebody takes it up."""
        from oms_tui.actions.by_rule import how_it_stands
        from oms_tui.actions.prepared import refresh

        seen = how_it_stands(order)
        if run["seen"] == seen:
            return
        try:
            refresh(self._session, run["draft"])
        except Refused as refused:
            _LOG.info("the draft of rule %s on %s stays as it is: %s", run["rule"], order.number, refused)
        desk_rows.put(self._session.store.desk, "rule_runs", run | {"seen": seen})
