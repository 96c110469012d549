"""A refusal: something is not done, for a reason that a person can act on, and nothing is broken."""

from __future__ import annotations


class Refused(Exception):
    """Something is not done, by a rule of the trade; the message is for people.

    ``code`` is ``refused`` (a rule), ``forbidden`` (the role), ``conflict`` (it changed meanwhile), ``not_found`` or
    ``usage`` (the fields are wrong); ``field`` names the field it is about; ``hint`` says what to do.
    """

    def __init__(self, message: str, *, code: str = "refused", field: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field
        self.hint = hint
