"""The addresses of the operators' views: users, tokens and the audit log; nobody else reaches them.

Each address looks at who asks. A change is a POST of JSON, which the guard lets through from our
own pages only.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Body, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse

from ui.operations.access import Access, Caller, caller_of
from ui.store import Role, Store, role_of
from ui.web.accounts import access_html
from ui.web.audit import AuditQuery, audit_csv, audit_html
from ui.web.frame import page_html
from ui.web.views import require_role, words_of
from vectorstore import Archive, InputError

Values = Annotated[dict[str, Any], Body()]

LONGEST_DAYS = 3_650
"""Days after which a token ends at the latest, if it ends."""

Done = dict[str, str]
"""What came of a change: `said`, the name that it is about; and a `secret` to be shown once."""


def add_admin_routes(app: FastAPI, archive: Archive, access: Access, head: str) -> None:
    """Serve access and the audit log to operators, and to everybody who they are."""
    store = access.store
    _views(app, access, head)

    def deed(verbs: Mapping[str, _Verb], verb: str, request: Request, values: Values) -> Done:
        caller = operator(request)
        if verb not in verbs:
            raise HTTPException(404)
        if archive.read_only:
            raise HTTPException(409, words_of(request)("without_writing"))
        try:
            return verbs[verb](store, caller, values)
        except InputError as error:
            raise HTTPException(409, str(error)) from None

    @app.post("/operate/users/{verb}")
    def users(verb: str, request: Request, values: Values) -> JSONResponse:
        return JSONResponse(deed(_USERS, verb, request, values))

    @app.post("/operate/tokens/{verb}")
    def tokens(verb: str, request: Request, values: Values) -> JSONResponse:
        return JSONResponse(deed(_TOKENS, verb, request, values))

    @app.get("/keep/account")
    def account(request: Request) -> JSONResponse:
        kept = {"Cache-Control": "no-store"}
        return JSONResponse({"account": caller_of(request.scope).account}, headers=kept)


def operator(request: Request) -> Caller:
    """Who asks, an operator; anybody else is refused."""
    return require_role(request, Role.operator)


def _views(app: FastAPI, access: Access, head: str) -> None:
    store, kept = access.store, {"Cache-Control": "no-store"}

    @app.get("/view/access")
    def view_access(request: Request) -> HTMLResponse:
        caller, w = operator(request), words_of(request)
        inner = access_html(
            store.users(),
            store.tokens(),
            w,
            datetime.now(UTC),
            caller=caller,
            seen=store.last_seen(),
            named=list(access.operators.hashes),
        )
        return HTMLResponse(page_html(w("view_access"), inner, head, w), headers=kept)

    @app.get("/view/audit")
    def view_audit(request: Request) -> HTMLResponse:
        operator(request)
        w = words_of(request)
        inner = audit_html(store, AuditQuery.of(request.query_params), w)
        return HTMLResponse(page_html(w("view_audit"), inner, head, w), headers=kept)

    @app.get("/operate/audit.csv")
    def export(request: Request) -> StreamingResponse:
        operator(request).record(store, "audit log exported")
        shown = {"Content-Disposition": 'attachment; filename="dateline-audit.csv"'}
        table = audit_csv(store, AuditQuery.of(request.query_params))
        return StreamingResponse(table, media_type="text/csv", headers=shown | kept)


def _add_user(store: Store, caller: Caller, values: Mapping[str, Any]) -> Done:
    name, role, password = _text(values, "name"), role_of(_text(values, "role")), new_password()
    if caller.way == "machine" and role is not Role.operator:
        raise InputError(
            "the first user must be an operator: with a user, whoever reaches this page has to log "
            "in to operate it"
        )
    store.add_user(name, role, password)
    caller.record(store, "user added", f"{name}: {role}")
    return {"said": name, "secret": password}


def _change_user(store: Store, caller: Caller, values: Mapping[str, Any]) -> Done:
    name, role = _text(values, "name"), role_of(_text(values, "role"))
    _not_oneself(caller, name)
    store.change_user(name, role=role)
    caller.record(store, "user changed", f"{name}: {role}")
    return {"said": name}


def _set_password(store: Store, caller: Caller, values: Mapping[str, Any]) -> Done:
    name, password = _text(values, "name"), new_password()
    store.change_user(name, password=password)
    caller.record(store, "user changed", f"{name}: password")
    return {"said": name, "secret": password}


def _remove_user(store: Store, caller: Caller, values: Mapping[str, Any]) -> Done:
    name = _text(values, "name")
    _not_oneself(caller, name)
    store.remove_user(name)
    caller.record(store, "user removed", name)
    return {"said": name}


def _add_token(store: Store, caller: Caller, values: Mapping[str, Any]) -> Done:
    name, role, days = _text(values, "name"), role_of(_text(values, "role")), _days(values)
    expires = datetime.now(UTC) + timedelta(days=days) if days else None
    id_, token = store.add_token(name, role, expires)
    caller.record(store, "token made", f"{id_} {name}: {role}")
    return {"said": name, "secret": token}


def _revoke_token(store: Store, caller: Caller, values: Mapping[str, Any]) -> Done:
    gone = store.revoke_token(_text(values, "id"))
    caller.record(store, "token revoked", f"{gone.id} {gone.name}")
    return {"said": gone.name}


_Verb = Callable[[Store, Caller, Mapping[str, Any]], Done]

_USERS: Mapping[str, _Verb] = {
    "add": _add_user,
    "change": _change_user,
    "password": _set_password,
    "remove": _remove_user,
}
_TOKENS: Mapping[str, _Verb] = {"add": _add_token, "revoke": _revoke_token}


def new_password() -> str:
    """A password to be passed on: 120 random bits in 20 characters."""
    return secrets.token_urlsafe(15)


def _not_oneself(caller: Caller, name: str) -> None:
    """Raises InputError where an operator would take the page from themselves."""
    if caller.way == "login" and caller.name == name:
        raise InputError("another operator must do this, so that one is left; or the command line")


def _text(values: Mapping[str, Any], name: str) -> str:
    return str(values.get(name, "")).strip()[:300]


def _days(values: Mapping[str, Any]) -> int:
    """Days after which a token ends; 0 if it does not. Raises InputError."""
    said = _text(values, "days")
    if said and not (said.isdecimal() and len(said) < 6 and 0 < int(said) <= LONGEST_DAYS):
        raise InputError(f"a token ends after 1 to {LONGEST_DAYS:,} days, not {said!r}")
    return int(said or 0)
