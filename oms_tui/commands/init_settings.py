"""Asking for the settings of an account, as its connector declares them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from oms_tui.commands import asking
from oms_tui.commands.context import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from connectors.base import Manifest, Setting

_PLACES = (
    ("keyring", "this machine's keyring; it is put there now"),
    ("env", "an environment variable"),
    ("command", "a command that prints it: pass show shop"),
)


def ask(manifest: Manifest, name: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting that has to be said, those that most need, and those of the rest that are wished for.

    Args:
        manifest: whose settings.
        name: what the account is called.
        before: what was answered the time before; it is proposed.

    Raises:
        Failure: the answers ended.
    """
    answers = _table(manifest.settings, name, before, wished=())
    rest = [each for each in manifest.settings if not (each.required or each.asked)]
    if rest:
        tell("There is more that can be said, and need not be: " + ", ".join(each.name for each in rest))
        wished = asking.text("Which of these, with blanks", " ".join(key for key in before if key not in answers))
        answers |= _table(rest, name, before, wished=wished.replace(",", " ").split())
    return answers


def _table(
    settings: Iterable[Setting], name: str, before: Mapping[str, Any], *, wished: Iterable[str]
) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    wanted = frozenset(wished)
    for setting in settings:
        if setting.required or setting.asked or setting.name in wanted:
            answer = _one(setting, f"{name}.{setting.name}", before.get(setting.name))
            if answer not in ("", (), [], {}, None):
                answers[setting.name] = answer
    return answers


def _one(setting: Setting, name: str, before: Any) -> Any:
    question = f"{setting.name} ({setting.help})" if setting.help else setting.name
    special = {"secret": _secret, "table": _inner, "boolean": _switch, "list": _listed}
    if setting.type in special:
        return special[setting.type](setting, question, name, before)
    if setting.choices:
        default = str(before or setting.default or "")
        return asking.choice(question, [(each, "") for each in setting.choices], default)
    check = {"integer": _number, "duration": _duration}.get(setting.type, str)
    answer = asking.text(question, _shown(setting, before), required=setting.required, check=check)
    return int(answer) if answer and setting.type == "integer" else answer


def _switch(setting: Setting, question: str, _name: str, before: Any) -> bool:
    default = before if before is not None else bool(setting.default)
    return asking.choice(question, (("yes", ""), ("no", "")), "yes" if default else "no") == "yes"


def _listed(setting: Setting, question: str, _name: str, before: Any) -> list[str]:
    shown = shlex.join(before or setting.default or ())
    return shlex.split(asking.text(f"{question}, with blanks between", shown, check=shlex.split))


def _shown(setting: Setting, before: Any) -> str:
    known = before if before is not None else setting.default
    return "" if known is None or isinstance(known, tuple | list) else str(known)


def _number(answer: str) -> None:
    if not (answer.isascii() and answer.isdecimal()):
        raise ValueError("must be a whole number")


def _duration(answer: str) -> object:
    from oms_tui.config_values import duration

    return duration(answer)


def _inner(setting: Setting, question: str, name: str, before: Mapping[str, Any]) -> dict[str, Any]:
    if not setting.table:
        tell(f"  {question}: written in the file; config.example.toml shows how")
        return dict(before)
    if asking.choice(f"Set up {question}", (("yes", ""), ("no", "")), "yes") == "no":
        return {}
    return _table(setting.table, name, before, wished=())


def _secret(setting: Setting, question: str, name: str, before: Any) -> dict[str, str]:
    """Where the secret is: it never comes into the file itself."""
    tell(f"{question}: where is it kept?")
    places = _PLACES if setting.required else (*_PLACES, ("none", "there is none"))
    way = asking.choice("Kept in", places, next(iter(before)) if before else "env")
    if way == "none":
        return {}
    if way == "keyring":
        return {way: name} if _put(name) else _secret(setting, question, name, before)
    known = str(before.get(way, "")) if before else ""
    asked = "The variable's name" if way == "env" else "The command"
    default = known or (name.upper().replace(".", "_").replace("-", "_") if way == "env" else "")
    return {way: asking.text(asked, default, required=True, check=_place(way))}


def _place(way: str) -> Callable[[str], object]:
    from oms_tui.secrets import reference

    return lambda answer: reference({way: answer})


def _put(name: str) -> bool:
    """Put a secret into the machine's keyring under ``name``; False, with words, where that cannot be."""
    from oms_tui.secrets import SERVICE

    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        tell("  keyrings need one more package: pip install 'oms-tui[keyring]'; or keep it elsewhere")
        return False
    try:
        keyring.set_password(SERVICE, name, asking.secret("  The secret (not shown)"))
    except KeyringError as error:
        tell(f"  the keyring cannot be used ({type(error).__name__}); keep it elsewhere")
        return False
    return True
