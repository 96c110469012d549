"""JSON-RPC as Tryton 8 speaks it: session, context, errors, and reads that never ask for a field that is not there."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from connectors.errors import (
    AuthExpired,
    Conflict,
    ConnectorError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    Rejected,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectors.answer import Answer
    from connectors.http import HttpApi

_QUOTES = "'\""
_WARNINGS = 5  # acknowledged in a row before we think that it goes in circles


class TrytonRpc:
    """One login to one database. Nothing is sent before the first call.

    Args:
        api: its base address is the server's.
        database: name of the database.
        user: login name.
        password: never in an error.
        company: name of the company to work in; "" for the user's own.
    """

    def __init__(self, api: HttpApi, *, database: str, user: str, password: str, company: str = "") -> None:
        self._api = api
        self._database = database
        self._user = user
        self._password = password
        self._company = company
        self._session = ""
        self._user_id = 0
        self._context: dict[str, Any] = {}
        self._fields: dict[str, dict[str, Any] | None] = {}
        self._readable: dict[str, bool] = {}

    @property
    def company(self) -> int | None:
        """Id of the company we work in, once logged in."""
        found = self._context.get("company")
        return found if isinstance(found, int) else None

    def version(self) -> str:
        """The server's series ("8.2"), asked before any login."""
        answer = self._api.post("rpc/", json={"id": 1, "method": "common.server.version", "params": []}, safe=True)
        return str(self._unwrapped(answer, "common.server.version"))

    def login(self) -> None:
        """Open a session and learn who we are.

        Raises:
            AuthExpired: wrong user or password.
            RateLimited: too many failed logins; asking again makes it worse.
        """
        try:
            answer = self._post("common.db.login", [self._user, {"password": self._password}, "en"], safe=True)
        except AuthExpired:
            raise AuthExpired(
                f"{self._api.name}: Tryton refuses user {self._user!r} of database {self._database!r}",
                hint="check `user` and `password` in the config, then `oms-tui doctor`",
            ) from None
        except NotFound:
            raise NotFound(
                f"{self._api.name}: there is no database {self._database!r} on this Tryton",
                hint="check `url` and `database` in the config",
            ) from None
        match self._unwrapped(answer, "login"):
            case [int(user_id), str(token), *_]:
                plain = f"{self._user}:{user_id}:{token}"
            case _:
                raise ProtocolError(f"{answer.what}: a login answered without user and session")
        self._api.redactor.add(token)
        self._api.redactor.add(plain)
        self._user_id = user_id
        self._session = base64.b64encode(plain.encode()).decode()
        context = self._call_once("model.res.user.get_preferences", [True, {}], safe=True)
        self._context = {**context, "language": "en"} if isinstance(context, dict) else {"language": "en"}
        if self._company:
            self._enter_company()

    def _enter_company(self) -> None:
        rows = self._call_once(
            "model.company.company.search_read",
            [[["party.name", "=", self._company]], 0, 2, None, ["id"], self._context],
            safe=True,
        )
        if not rows:
            raise NotFound(
                f"{self._api.name}: Tryton shows this user no company {self._company!r}", hint="check `company`"
            )
        self._context["company"] = rows[0]["id"]

    def call(self, method: str, *params: Any, context: Mapping[str, Any] | None = None, safe: bool = True) -> Any:
        """Call a method in our context; a session that ran out is opened again, once.

        Raises:
            ConnectorError: any of the family; OutcomeUnknown only where not ``safe``.
        """
        if not self._session:
            self.login()
        try:
            return self._call_once(method, [*params, {**self._context, **(context or {})}], safe=safe)
        except AuthExpired:  # answered before anything was done, so this is safe for writes too
            self.login()
            return self._call_once(method, [*params, {**self._context, **(context or {})}], safe=safe)

    def write(self, method: str, *params: Any, context: Mapping[str, Any] | None = None) -> Any:
        """Call a method that changes something, acknowledging what Tryton warns of, as its own client does."""
        for _ in range(_WARNINGS):
            try:
                return self.call(method, *params, context=context, safe=False)
            except TrytonWarning as warning:
                record = {"user": self._user_id, "name": warning.name, "always": False}
                self.call("model.res.user.warning.create", [record], safe=False)
        raise Rejected(f"{self._api.name}: {method} warns again and again; do it in Tryton")

    def search_read(
        self,
        model: str,
        domain: Sequence[Any],
        fields: Sequence[str],
        *,
        limit: int | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Records by id, with those of ``fields`` that this database has and this user may read."""
        known = [name for name in fields if self.knows(model, name)]
        rows = self.call(f"model.{model}.search_read", list(domain), 0, limit, [["id", "ASC"]], known, context=context)
        if not isinstance(rows, list) or not all(
            isinstance(row, dict) and isinstance(row.get("id"), int) for row in rows
        ):
            raise ProtocolError(f"{self._api.name}: search_read of {model} brought no list of records")
        return rows

    def knows(self, model: str, path: str) -> bool:
        """Whether ``lines.product.code`` leads from ``model`` through fields that exist to models we may read."""
        for name in path.split("."):
            definition = (self.fields(model) or {}).get(name) if self.readable(model) else None
            if not isinstance(definition, dict):
                return False
            model = str(definition.get("relation") or "")
        return True

    def searchable(self, model: str, path: str) -> bool:
        """Whether ``path`` can stand in a domain on ``model``."""
        first = (self.fields(model) or {}).get(path.partition(".")[0])
        return self.knows(model, path) and isinstance(first, dict) and bool(first.get("searchable"))

    def fields(self, model: str) -> dict[str, Any] | None:
        """Definitions of a model's fields by name; None where no activated module brings the model."""
        if model not in self._fields:
            try:
                found = self.call(f"model.{model}.fields_get", [])
            except _UnknownMethodError:
                if self.call("model.ir.model.search_count", [["name", "=", model]], 0, None):
                    raise  # it is there: something between us and Tryton refuses, and no stream is empty for that
                found = None
            self._fields[model] = found if isinstance(found, dict) else None
        return self._fields[model]

    def readable(self, model: str) -> bool:
        """Whether the model is there and this user may read it."""
        if model not in self._readable:
            self._readable[model] = bool(model) and self.fields(model) is not None and self._may_read(model)
        return self._readable[model]

    def _may_read(self, model: str) -> bool:
        access = self.call("model.ir.model.access.get_access", [model])
        return isinstance(access, dict) and bool((access.get(model) or {}).get("read"))

    def _call_once(self, method: str, params: list[Any], *, safe: bool) -> Any:
        answer = self._post(method, params, safe=safe, headers={"Authorization": f"Session {self._session}"})
        return self._unwrapped(answer, method)

    def _post(self, method: str, params: list[Any], *, safe: bool, headers: Mapping[str, str] | None = None) -> Answer:
        try:
            return self._api.post(
                f"{self._database}/rpc/", json={"id": 1, "method": method, "params": params}, headers=headers, safe=safe
            )
        except Forbidden:  # so answers Tryton to a method that is not published: a matter of modules, not of rights
            raise _UnknownMethodError(f"{self._api.name}: this Tryton has no {method}") from None
        except RateLimited as error:
            raise RateLimited(
                f"{self._api.name}: Tryton refuses logins of {self._user!r} for a while, after too many failed ones",
                until=error.until,
                hint="check `user` and `password` in the config",
            ) from None

    def _unwrapped(self, answer: Answer, method: str) -> Any:
        document = answer.json()
        if isinstance(document, dict) and "error" in document:
            raise self._error(document["error"], method)
        if not isinstance(document, dict) or "result" not in document:
            words = f"{answer.what}: neither result nor error in the answer to {method}"
            raise (ProtocolError if answer.safe else OutcomeUnknown)(words)
        return document["result"]

    def _error(self, error: Any, method: str) -> ConnectorError:
        """Tryton's in-band errors: ``[type, [message, description, …]]``, or the text of a Python exception."""
        kind, details = (error[0], error[1]) if isinstance(error, list) and len(error) > 1 else (str(error), "")
        if isinstance(details, (list, tuple)):
            words = " ".join(str(part) for part in details if isinstance(part, str) and part)
        else:
            words = str(details)
        said = f"{self._api.name}: Tryton on {method}: {self._api.redactor.excerpt(words or str(kind))}"
        match kind:
            case "UserWarning" if isinstance(details, (list, tuple)) and details:
                return TrytonWarning(said, name=str(details[0]))
            case "UserError":
                model = method.removeprefix("model.").rpartition(".")[0]
                if method.endswith(("search_read", "search_count")) and not self._may_read(model):
                    return Forbidden(said, scope=model)
                return Rejected(said)
            case "ConcurrencyException":
                return Conflict(said)
            case _ if method.startswith(f"model.{str(kind).strip(_QUOTES)}."):  # KeyError of the pool of models
                return _UnknownMethodError(f"{self._api.name}: this Tryton has no {method}")
        return ProtocolError(said)


class TrytonWarning(Rejected):
    """Tryton asks whether it should really go on; ``name`` is what the answer refers to."""

    def __init__(self, message: str, *, name: str) -> None:
        super().__init__(message, hint="look at the order in Tryton")
        self.name = name


class _UnknownMethodError(ProtocolError):
    """A model or method that no activated module brings."""
