"""The template language of macros: Jinja2's sandbox, with our filters alone and a bound on everything that could grow.

A macro may read the record, decide, loop and format. It cannot call a function of a value, bring in a file, or produce
more than a mail holds. One environment serves one rendering: it counts what that has used.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

from jinja2 import nodes
from jinja2.exceptions import SecurityError, TemplateError, TemplateRuntimeError, TemplateSyntaxError
from jinja2.filters import FILTERS
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

from oms_tui.domain.calendar_words import date_text, time_text, weekday_text
from oms_tui.domain.macro_values import Missing, Rows, UnknownName, Values
from oms_tui.domain.money import money_text
from oms_tui.domain.query_words import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import tzinfo

MOST_TEXT: Final = 100_000
"""Characters one rendering may produce."""

MOST_STEPS: Final = 2_000
"""Turns of loops and calls one rendering may take."""

_LARGEST: Final = 10**15
_SCALARS: Final = (str, int, float, Decimal)
_MONEY: Final = frozenset({"amount", "currency"})
_KEPT_FILTERS: Final = (
    *("default", "d", "length", "count", "first", "last", "sort", "map", "select", "selectattr", "reject"),
    *("rejectattr", "sum", "min", "max", "reverse", "unique", "list"),
)
_FOREIGN: Final = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)


class LineError(Exception):
    """What is wrong, and on which line of the template (from 1)."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line
        self.words = words


class MacroLanguage(SandboxedEnvironment):
    """One rendering's environment. ``zone`` is the desk's, ``language`` the one dates and money are written in."""

    intercepted_binops = frozenset({"+", "*", "**", "%", "//", "-", "/"})

    def __init__(self, zone: tzinfo, language: str) -> None:
        super().__init__(undefined=Missing, finalize=self._shown, trim_blocks=True, lstrip_blocks=True)
        self._zone = zone
        self._language = language
        self._names: tuple[str, ...] = ()
        self._steps = 0
        self._written = 0
        self.globals = {"range": self._range, "namespace": Namespace}
        self.filters = {name: FILTERS[name] for name in _KEPT_FILTERS} | {
            "money": self._money,
            "date": self._moment(date_text),
            "weekday": self._moment(weekday_text),
            "time": self._moment(_time),
            "upper": self._of_text(str.upper),
            "lower": self._of_text(str.lower),
            "capitalize": self._of_text(str.capitalize),
            "title": self._of_text(str.title),
            "trim": self._of_text(str.strip),
            "int": _whole,
            "round": _rounded,
            "abs": _absolute,
            "join": self._join,
            "_glued": self._join,
            "_counted": self._counted,
        }

    def rendered(self, source: str, values: Mapping[str, Any]) -> str:
        """The text of a template.

        Raises:
            LineError: the template is wrong, or uses too much.
        """
        self._names = tuple(values)
        try:
            template = self.from_string(_Bounds().visit(self._tree(source)))
            return str(self._bounded(template.render(values)))
        except TemplateSyntaxError as error:
            raise LineError(error.lineno, error.message or "cannot be read") from None
        except RecursionError:
            raise LineError(1, "goes round in circles") from None
        except SecurityError as error:
            raise LineError(1, error.message or "is too much") from None

    def _tree(self, source: str) -> nodes.Template:
        tree = self.parse(source)
        for node in tree.find_all(_FOREIGN):
            raise LineError(node.lineno, "a macro cannot bring in another file")
        return tree

    def handle_exception(self, source: str | None = None) -> NoReturn:  # noqa: ARG002 - Jinja's signature
        """Jinja hands over here whatever a template raised; our error has the template's line in it."""
        error = sys.exc_info()[1]
        if isinstance(error, TemplateSyntaxError | RecursionError | LineError):
            raise error
        raise LineError(_line(error), self._words(error)) from None

    def _words(self, error: BaseException | None) -> str:
        if isinstance(error, UnknownName):
            name = error.path.rpartition(".")[2] if error.known else error.path.partition(".")[0]
            meant = nearest(name, error.known or self._names)
            return f"there is no {error.path}" + (f"; did you mean {' or '.join(meant)}?" if meant else "")
        if isinstance(error, TemplateError):
            return error.message or "cannot be rendered"
        return f"cannot be worked out ({error})"

    # ---- what a macro reaches

    def getattr(self, obj: Any, attribute: str) -> Any:
        """``obj.attribute``."""
        return self._part(obj, attribute, super().getattr)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """``obj[argument]``."""
        return self._part(obj, argument, super().getitem)

    def _part(self, obj: Any, name: Any, ordinary: Callable[[Any, Any], Any]) -> Any:
        if isinstance(obj, Missing):
            return obj.within(name)
        if isinstance(obj, Values):
            return obj.find(str(name))
        if isinstance(obj, Rows) and isinstance(name, int) and not -len(obj) <= name < len(obj):
            return Missing(path=f"{obj.path}[{name}]", known=None)
        return ordinary(obj, name)

    def unsafe_undefined(self, obj: Any, attribute: str) -> NoReturn:  # noqa: ARG002 - Jinja's signature
        """What the sandbox keeps from a macro."""
        raise SecurityError(f"{attribute} cannot be reached from a macro")

    def is_safe_callable(self, obj: Any) -> bool:
        """A macro calls what it defined itself, ``range``, ``namespace`` and the loop's own; no function of a value."""
        loop = isinstance(obj, LoopContext) or isinstance(getattr(obj, "__self__", None), LoopContext)
        return loop or isinstance(obj, Macro) or obj is Namespace or obj == self._range

    def call(self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: PYI063 - Jinja's signature
        """Call what a macro may call; each call is a step."""
        self._step(1)
        if not self.is_safe_callable(__obj):
            raise SecurityError("functions cannot be called in a macro; use a filter, such as | upper")
        return __context.call(__obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """An arithmetic operation, unless its result would be out of all proportion."""
        if isinstance(left, Missing) or isinstance(right, Missing):
            return left if isinstance(left, Missing) else right
        plain = isinstance(left, int | float | Decimal) and isinstance(right, int | float | Decimal)
        if not plain and not (operator == "+" and isinstance(left, str) and isinstance(right, str)):
            raise SecurityError(f"{operator} is for numbers; put texts together with ~")
        if operator == "**" or (plain and max(abs(left), abs(right)) > _LARGEST):
            raise SecurityError("is too large a number for a mail")
        return self._bounded(super().call_binop(context, operator, left, right))

    # ---- what is written

    def _shown(self, value: Any) -> Any:
        """A value as text; every ``{{ … }}`` passes here."""
        return self._bounded(value if isinstance(value, Missing) else self._text(value), write=True)

    def _text(self, value: Any) -> str:
        if isinstance(value, Values):
            return str(self._money(value))
        if isinstance(value, date):
            return date_text(value, self._zone, self._language)
        if isinstance(value, (Missing, *_SCALARS)):
            return str(value)
        if value is None:
            return str(Missing())
        if isinstance(value, list | tuple):
            raise TemplateRuntimeError("is a list: loop over it, or use | join(', ')")
        raise TemplateRuntimeError("is nothing that can be written into a mail")

    def _bounded(self, value: Any, *, write: bool = False) -> Any:
        if isinstance(value, str):
            self._written += len(value) if write else 0
            if max(self._written, len(value)) > MOST_TEXT:
                raise SecurityError(f"becomes longer than {MOST_TEXT:,} characters")
        return value

    def _step(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MOST_STEPS:
            raise SecurityError(f"takes more than {MOST_STEPS:,} turns")

    def _counted(self, items: Iterable[Any]) -> Iterable[Any]:
        """What a loop goes over, its turns counted before it starts."""
        if isinstance(items, Missing):
            return list(items)
        if not isinstance(items, list | tuple | range):
            raise TemplateRuntimeError("is no list: nothing to loop over")
        turns = list(islice(items, MOST_STEPS + 1))
        self._step(len(turns))
        return turns

    def _range(self, *bounds: int) -> range:
        if not all(isinstance(bound, int) for bound in bounds) or len(found := range(*bounds)) > MOST_STEPS:
            raise SecurityError(f"range takes numbers, and has at most {MOST_STEPS:,} turns")
        return found

    # ---- filters

    def _join(self, items: Any, glue: str = "") -> Any:
        if isinstance(items, Missing):
            return items
        if not isinstance(items, list | tuple | range):
            items = list(islice(items, MOST_STEPS))
        self._step(len(items))
        text = self._text(glue).join(self._text(item) for item in items)
        self._written += len(text)  # joined text may be joined again
        return self._bounded(text)

    def _of_text(self, change: Callable[[str], str]) -> Callable[[Any], Any]:
        def apply(value: Any) -> Any:
            return value if isinstance(value, Missing) else change(self._text(value))

        return apply

    def _money(self, value: Any, currency: str = "") -> Any:
        """``order.total | money``; a plain number of minor units says its currency: ``7900 | money("EUR")``."""
        if isinstance(value, Missing):
            return value
        amount: Any = value
        if isinstance(value, Values):
            if not value.table.keys() >= _MONEY:
                raise TemplateRuntimeError(f"{value.path} is several values: say which, such as {_example(value)}")
            amount, currency = value.table["amount"], str(value.table["currency"] or "")
            if amount is None or not currency:
                return Missing(path=value.path, known=None)
        if isinstance(amount, bool) or not isinstance(amount, int) or not currency:
            raise TemplateRuntimeError("money is for amounts; of a plain number say the currency: | money('EUR')")
        return money_text(amount, currency, self._language)

    def _moment(self, write: Callable[..., str]) -> Callable[[Any], Any]:
        def apply(value: Any) -> Any:
            if isinstance(value, Missing):
                return value
            if not isinstance(value, date):
                raise TemplateRuntimeError("date, time and weekday are for moments")
            return write(value, self._zone, self._language)

        return apply


def mistake(source: str) -> LineError | None:
    """What is wrong with a template however it is filled in; None if it can be read."""
    if "{" not in source:
        return None
    language = MacroLanguage(UTC, "en")
    try:
        language.from_string(_Bounds().visit(language._tree(source)))  # noqa: SLF001 - of the same file
    except LineError as error:
        return error
    except TemplateSyntaxError as error:
        return LineError(error.lineno, error.message or "cannot be read")
    except RecursionError:
        return LineError(1, "goes round in circles")
    return None


def names_used(source: str) -> frozenset[str]:
    """The names of the record that a template asks for, such as ``parcel``; none if it cannot be read."""
    if "{" not in source:
        return frozenset()
    try:
        return frozenset(find_undeclared_variables(MacroLanguage(UTC, "en").parse(source)))
    except (TemplateSyntaxError, RecursionError):
        return frozenset()


class _Bounds(NodeTransformer):
    """Sends loops and ``~`` through our filters, so that they are counted; an ``if`` without else writes nothing."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja's way to name them
        self.generic_visit(node)
        node.iter = _filtered(cast("nodes.Expr", node.iter), "_counted")
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802 - likewise
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno), "_glued")

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.CondExpr:  # noqa: N802 - likewise
        self.generic_visit(node)
        node.expr2 = node.expr2 or nodes.Const("", lineno=node.lineno)
        return node


def _filtered(node: nodes.Expr, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _time(value: date, zone: tzinfo, _: str) -> str:
    if not isinstance(value, datetime):
        raise TemplateRuntimeError("is a day, which has no time")
    return time_text(value, zone)


def _whole(value: Any) -> Any:
    return value if isinstance(value, Missing) else int(_number(value))


def _absolute(value: Any) -> Any:
    return value if isinstance(value, Missing) else abs(_number(value))


def _rounded(value: Any, digits: int = 0) -> Any:
    if isinstance(value, Missing):
        return value
    number = _number(value)
    return round(number, digits) if digits else round(number)


def _number(value: Any) -> Any:
    if not isinstance(value, int | float | Decimal) or not -_LARGEST < value < _LARGEST:
        raise TemplateRuntimeError("int, round and abs are for numbers")
    return value


def _example(values: Values) -> str:
    return ", ".join(f"{values.path}.{name}" for name in list(values.table)[:3]) or "none: it is empty"


def _line(error: BaseException | None) -> int:
    """The template's line an error comes from: the innermost frame that Jinja compiled."""
    line = 1
    trace = error.__traceback__ if error else None
    while trace is not None:
        template = trace.tb_frame.f_globals.get("__jinja_template__")
        if template is not None:
            line = template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return line
