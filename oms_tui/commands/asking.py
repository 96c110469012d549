"""Questions to the person at the terminal. They go to standard error: standard output holds the answer alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from oms_tui.commands.failures import WRONG_USE, Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def text(question: str, default: str = "", *, required: bool = False, check: Callable[[str], object] = str) -> str:
    """An answer in words; an empty one is the default.

    Args:
        question: what is asked.
        default: what an empty answer means; shown.
        required: ask again while there is neither answer nor default.
        check: raises ValueError, in words, for an answer that will not do; then it is asked again.

    Raises:
        Failure: the answers ended.
    """
    while True:
        answer = _line(f"{question}{f' [{default}]' if default else ''}: ") or default
        if required and not answer:
            sys.stderr.write("  this has to be said\n")
            continue
        try:
            if answer:
                check(answer)
        except ValueError as error:
            sys.stderr.write(f"  it {error}\n" if str(error).startswith("must") else f"  {error}\n")
            continue
        return answer


def choice(question: str, choices: Sequence[tuple[str, str]], default: str = "") -> str:
    """One of a few: each a word and what it means. The word, its beginning or its number answers.

    Raises:
        Failure: the answers ended.
    """
    for number, (word, meaning) in enumerate(choices, 1):
        sys.stderr.write(f"  {number}  {word:<10} {meaning}\n")
    words = [word for word, _ in choices]
    while True:
        answer = (_line(f"{question}{f' [{default}]' if default else ''}: ") or default).casefold()
        if answer.isdigit() and 0 < int(answer) <= len(words):
            return words[int(answer) - 1]
        found = [word for word in words if word == answer] or [
            word for word in words if answer and word.startswith(answer)
        ]
        if len(found) == 1:
            return found[0]
        sys.stderr.write(f"  one of {', '.join(words)}, or its number\n")


def secret(question: str) -> str:
    """An answer that is not shown while it is typed.

    Raises:
        Failure: the answers ended.
    """
    from getpass import getpass

    try:
        return getpass(f"{question}: ", sys.stderr) if sys.stdin.isatty() else _line(f"{question}: ")
    except EOFError:
        raise _ended() from None


def _line(prompt: str) -> str:
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        sys.stderr.write("\n")
        raise _ended()
    return line.strip()


def _ended() -> Failure:
    return Failure(
        WRONG_USE, "usage", "the answers ended before the questions", hint="what was tested and saved before is kept"
    )
