"""Macros as files: ``NAME.md`` in the desk's folder of macros, found by a few letters, the fitting ones first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oms_tui.domain.macros import LONGEST, Macro, MacroError, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_MOST: Final = 2_000
"""Files of a folder that are read."""

_START: Final = 8
_RUN: Final = 5
_WORD: Final = 3
_GAP: Final = 0.2


def macros(folder: Path | None) -> list[Macro]:
    """Every macro that can be read, by title."""
    found = [each for each in _read(folder) if isinstance(each, Macro)]
    return sorted(found, key=lambda macro: macro.title.casefold())


def broken(folder: Path | None) -> list[MacroError]:
    """Those that cannot: each with its file, line and words. Templates are looked through as well."""
    found: list[MacroError] = []
    for each in _read(folder):
        if isinstance(each, MacroError):
            found.append(each)
        elif (mistake := _mistake(each)) is not None:
            found.append(mistake)
    return found


def macro_named(folder: Path | None, name: str) -> Macro | None:
    """A macro by its file's name (with or without ``.md``) or its title."""
    plain = name.strip().removesuffix(".md").casefold()
    everything = macros(folder)
    for macro in everything:
        if macro.name.removesuffix(".md").casefold() == plain:
            return macro
    return next((macro for macro in everything if macro.title.casefold() == plain), None)


def find_macros(folder: Path | None, text: str, fits: Callable[[Macro], bool] | None = None) -> list[Macro]:
    """The macros that ``text`` may mean, best first; without a text all, those that fit the order in front.

    Args:
        folder: the desk's folder of macros.
        text: a few letters in the order in which they stand in the title, the name or a tag.
        fits: whether a macro is meant for the order at hand.
    """
    scored = []
    for macro in macros(folder):
        score = max(score_of(text, each) for each in (macro.title, macro.name.removesuffix(".md"), *macro.tags))
        if score > 0:
            scored.append((not (fits is not None and fits(macro)), -score, macro.title.casefold(), macro))
    if text.strip():
        scored.sort(key=lambda each: (each[1], each[0], each[2]))
    else:
        scored.sort(key=lambda each: (each[0], each[2]))
    return [each[-1] for each in scored]


def score_of(text: str, candidate: str) -> float:
    """How well the letters of ``text``, in their order, are found in ``candidate``; 0 for not at all.

    Letters at the start, at the start of a word and next to each other count more; gaps count against.
    """
    wanted, there = "".join(text.casefold().split()), candidate.casefold()
    if not wanted:
        return 1.0
    score, at, last = 0.0, -1, -1
    for letter in wanted:
        at = there.find(letter, at + 1)
        if at < 0:
            return 0.0
        score += 1
        if at == 0:
            score += _START
        elif at == last + 1:
            score += _RUN
        elif not there[at - 1].isalnum():
            score += _WORD
        if last >= 0:
            score -= min((at - last - 1) * _GAP, 2)
        last = at
    return max(score, 0.1)


def _read(folder: Path | None) -> Iterator[Macro | MacroError]:
    if folder is None or not folder.is_dir():
        return
    for count, path in enumerate(sorted(folder.rglob("*.md"))):
        if count >= _MOST:
            return
        name = path.relative_to(folder).as_posix()
        try:
            with path.open(encoding="utf-8") as file:
                yield parse(file.read(LONGEST + 1), name)
        except MacroError as error:
            yield error
        except UnicodeDecodeError:
            yield MacroError(name, 1, "is no UTF-8 text")
        except OSError as error:
            yield MacroError(name, 1, f"cannot be read: {error.strerror or error}")


def _mistake(macro: Macro) -> MacroError | None:
    """What is wrong with a macro's templates."""
    from oms_tui.domain.macro_language import mistake

    for part, text in (("body", macro.body), ("subject", macro.subject), ("to", macro.to)):
        if (found := mistake(text)) is not None:
            return MacroError(macro.name, macro.line(part) + found.line - 1, found.words)
    return None
