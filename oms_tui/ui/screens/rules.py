"""What is done by itself: each rule with what it says, what it did last, and what it would do now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from oms_tui.ui.keys import RULES
from oms_tui.ui.queue.row import numbered
from oms_tui.ui.rows import BLANK, Part, Row, cut, spread, wrap
from oms_tui.ui.screens.listing import Listing
from oms_tui.ui.screens.lists import Chosen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual.widget import Widget

    from oms_tui.actions.base import Done
    from oms_tui.domain.rules import Rule
    from oms_tui.store.desk_rows import Values
    from oms_tui.store.reads.rules import RuleCounts
    from oms_tui.store.session import Session
    from oms_tui.ui.lines import LinesView
    from oms_tui.ui.messages import Answer, Changed
    from oms_tui.ui.order.frame import Frame

_LEVELS: Final = {"done": "good", "queued": "info", "refused": "warn", "undone": "muted", "withdrawn": "muted"}
_SIGNS: Final = {"done": "✓", "queued": "▹", "refused": "!", "undone": "·", "withdrawn": "·"}
_MOST: Final = 200


class Listed(NamedTuple):
    """A rule, what is wrong with it ("" for nothing) and what it did."""

    rule: Rule
    wrong: str
    counts: RuleCounts


def listed(session: Session, rules: Mapping[str, Rule], sources: Sequence[str]) -> tuple[list[Listed], list[str]]:
    """The rules, and the sources they wait for."""
    from oms_tui.actions.by_rule import all_ready
    from oms_tui.store.reads.rules import RuleCounts, counts, not_read_yet

    _, wrong = all_ready(session, rules.values())
    did = counts(session.store)
    found = [
        Listed(rule, _why(wrong[rule.name]) if rule.name in wrong else "", did.get(rule.name, RuleCounts()))
        for rule in rules.values()
    ]
    return found, not_read_yet(session.store, sources)


def _why(refused: Exception) -> str:
    from oms_tui.ui.reader import in_words

    return in_words(refused)


def runs(session: Session, rule: str) -> tuple[str, list[Values]]:
    """What a rule did last."""
    from oms_tui.store.reads.rules import last_runs

    return rule, last_runs(session.store, rule, limit=_MOST)


def dry(session: Session, rule: Rule) -> tuple[str, list[Done]]:
    """What a rule would do now. Changes nothing.

    Raises:
        Refused: it cannot be carried out.
    """
    from oms_tui.actions.by_rule import due, ready, would
    from oms_tui.store.reads.queue import items
    from oms_tui.store.reads.rules import found, runs_on

    checked = ready(session, rule)
    orders = items(session.store, found(session.store, checked.tree, now=session.now(), zone=session.policy.zone))
    known = runs_on(session.store, rule.name, [(order.source, order.remote_id) for order in orders])
    acting = [order for order in orders if due(rule, order, known.get((order.source, order.remote_id)))]
    return rule.name, [would(session, checked, order) for order in acting[:_MOST]]


def take_back(session: Session, rule: str, source: str, remote_id: str) -> str:
    """Take back what a rule did to an order; returns what it was, in words."""
    from oms_tui.actions.by_rule import take_back as undo_it

    return f"taken back: {undo_it(session, rule, source, remote_id)}"


class RulesScreen(Listing):
    """The rules at the left, what the chosen one did at the right."""

    PLACE = RULES
    HERE = "go_rules"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    DEFAULT_CSS: ClassVar[str] = """
    RulesScreen #rules { width: 48; height: 1fr; }
    RulesScreen #runs { height: 1fr; }
    RulesScreen.-narrow #split { layout: vertical; }
    RulesScreen.-narrow #rules { width: 1fr; height: 9; }
    """

    def body(self) -> Iterable[Widget]:
        """The list, and one rule in full."""
        from textual.containers import Horizontal

        self._rules = Chosen("Rules", id="rules")
        self._runs = Chosen("What it did", id="runs")
        self._found: list[Listed] = []
        self._waits: list[str] = []
        self._did: list[Values] = []
        with Horizontal(id="split"):
            yield self._rules
            yield self._runs

    def on_mount(self) -> None:
        """Read the list."""
        super().on_mount()
        self._rules.focus()
        self._rules.say("reading the rules")
        self._ask()

    def _ask(self) -> None:
        config = self.desk.config
        sources = [source.name for source in config.sources.values() if source.enabled]
        self.desk.reader.ask("list", self, listed, config.rules, sources)

    def store_changed(self, changed: Changed) -> None:
        """A rule did something, or what it did was taken back."""
        if "rule" in changed.kinds():
            self._ask()

    def on_answer(self, event: Answer) -> None:
        """What the reader found."""
        if event.error:
            if event.slot == "list" and not self._found:
                self._rules.say(event.error, "alarm")
            elif event.slot == "dry":
                self._runs.say(event.error, "alarm")
            else:
                self.desk.say(event.error, "error")
                if event.slot == "list":
                    self._rules.mark_old()
            return
        match event.slot:
            case "list":
                self._show(*event.value)
            case "runs":
                self._show_runs(*event.value)
            case "dry":
                self._show_dry(*event.value)
            case _:
                self.desk.say(event.value)
                self._ask()

    def _show(self, found: list[Listed], waits: list[str]) -> None:
        self._found, self._waits = found, waits
        if not found:
            self._rules.say("no rules: [rules.NAME] in the config, or files in the folder rules/")
            self._runs.say("")
            return
        frame = self._now()
        wrong = sum(bool(each.wrong) for each in found)
        below = f"{wrong} cannot be carried out · {len(found)}" if wrong else f"{len(found)}"
        self._rules.show(lambda width: rule_rows(found, frame, width), below=below)
        self._ask_runs()

    def on_chosen_moved(self, event: Chosen.Moved) -> None:
        """Another rule, or another of its runs."""
        if event.view is self._rules:
            self._ask_runs()
        self.show_keys()

    @property
    def _current(self) -> Listed | None:
        return next((each for each in self._found if each.rule.name == self._rules.cursor_key), None)

    @property
    def _run(self) -> Values | None:
        key = self._runs.cursor_key
        return next((run for run in self._did if (run["source"], run["remote_id"]) == key), None)

    def _ask_runs(self) -> None:
        if (current := self._current) is not None:
            self.desk.reader.ask("runs", self, runs, current.rule.name)

    def _show_runs(self, rule: str, did: list[Values]) -> None:
        current = self._current
        if current is None or current.rule.name != rule:
            return
        self._did, frame, waits = did, self._now(), self._waits
        self._runs.border_title = "What it did"
        self._runs.show(lambda width: run_rows(current, did, waits, frame, width), below=f"{len(did)}" if did else "")
        self.show_keys()

    def _show_dry(self, rule: str, would: list[Done]) -> None:
        current = self._current
        if current is None or current.rule.name != rule:
            return
        self._did = []
        self._runs.border_title = "What it would do now"
        self._runs.show(lambda width: dry_rows(would, width), below=f"{len(would)}", top=True)

    # ---- commands

    def refusals(self) -> dict[str, str]:
        """What was not done cannot be taken back."""
        run = self._run
        if run is None:
            return {"rule_undo": "go to one of its orders: the rule did nothing here"}
        return {} if run["state"] in {"done", "queued"} else {"rule_undo": f"it was {run['state']}"}

    def do_rule_undo(self) -> None:
        """Take it back."""
        run = self._run
        if (why := self.refusals().get("rule_undo")) or run is None:
            self.desk.say(why or "nothing is chosen")
            return
        act = partial(self.desk.reader.call, take_back, run["rule"], run["source"], run["remote_id"])
        act(to=self, slot="undo")

    def do_rule_dry(self) -> None:
        """What it would do."""
        if (current := self._current) is not None:
            self.desk.reader.ask("dry", self, dry, current.rule)

    def on_lines_view_opened(self, event: LinesView.Opened) -> None:
        """Enter: into what a rule did; there, to the order."""
        event.stop()
        if event.view is self._rules:
            self._runs.focus()
        elif isinstance(event.key, tuple):
            self.desk.show_number(*event.key)

    def do_open(self) -> None:
        """The same where the list did not take the key."""
        self._runs.focus()

    def do_back(self) -> None:
        """Back to the rules, then to the desk."""
        if self._runs.has_focus:
            self._rules.focus()
        else:
            self.desk.do_go_queue()

    def do_copy(self) -> None:
        """The rule's query."""
        if (current := self._current) is not None:
            self.desk.copy(current.rule.when)


def rule_rows(found: Sequence[Listed], frame: Frame, width: int) -> list[Row]:
    """Two lines a rule: its name and how often it acted; its action and query."""
    rows = []
    for rule, wrong, did in found:
        mark = Part("! ", "alarm") if wrong else Part("  " if rule.enabled else "- ", "muted")
        left = [mark, Part(rule.name, "strong" if rule.enabled else "muted")]
        if not rule.enabled:
            left.append(Part("  off", "muted"))
        told = [Part(f"{did.done:,} done", "good" if did.done else "muted")]
        if did.refused:
            told.append(Part(f" · {did.refused:,} refused", "warn"))
        if did.last_at is not None:
            told.append(Part(f" · {frame.moment(did.last_at)}", "muted"))
        rows.append(Row(spread(left, told, width), key=rule.name))
        rows.append(Row(cut([Part("    "), Part(rule.do, "accent"), Part(f"  {rule.when}", "muted")], width)))
    return rows


def run_rows(listed: Listed, did: Sequence[Values], waits: Sequence[str], frame: Frame, width: int) -> list[Row]:
    """What a rule says, what is wrong with it, and what it did, the newest first."""
    rule = listed.rule
    said = [("when", rule.when), ("do", rule.do)]
    said += [(name, str(value)) for name, value in rule.fields.items()]
    said.append(("again", "when it leaves and comes back" if rule.again == "returns" else "never on the same order"))
    rows = []
    for name, value in said:
        for at, line in enumerate(wrap(value, max(8, width - 10))):
            rows.append(Row((Part(f"{'' if at else name:<10}", "muted"), Part(line, "text"))))
    notes = [(listed.wrong, "alarm")] if listed.wrong else []
    if not rule.enabled:
        notes.append(("it is switched off", "muted"))
    elif waits:
        notes.append((f"waits until each source was read once: {', '.join(waits)}", "warn"))
    for words, level in notes:
        rows += [BLANK, *(Row((Part(line, level),)) for line in wrap(words, width))]
    rows.append(BLANK)
    widest = max((len(run["state"]) for run in did), default=0)
    for run in did:
        level = _LEVELS.get(run["state"], "muted")
        left = [
            Part(f"{_SIGNS.get(run['state'], ' ')} {run['state']:<{widest}}", level),
            Part(f"  {numbered(run['number'])}", "strong"),
        ]
        left.append(Part(f"  {run['words']}", "text"))
        right = [Part(frame.moment(run["ran_at"]), "muted")]
        rows.append(Row(spread(left, right, width), key=(run["source"], run["remote_id"])))
    if not did:
        rows.append(Row((Part("it has done nothing yet", "muted"),)))
    return rows


def dry_rows(would: Sequence[Done], width: int) -> list[Row]:
    """The orders a rule would act on, and what would become of each."""
    rows = []
    for done in would:
        refused = done.result == "refused"
        sign = Part("! refused" if refused else "▹ would", "warn" if refused else "info")
        parts = [sign, Part(f"  {numbered(done.number)}", "strong"), Part(f"  {done.why}", "text")]
        rows.append(Row(cut(parts, width), key=done.order))
    return rows or [Row((Part("it finds no order that it has not acted on", "muted"),))]
