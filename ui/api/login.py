"""The operator's login page: a form without scripts, throttled; and what a link shares."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from ui.exports.formats import of_share
from ui.exports.html import page_html, page_policy, style
from ui.operations.access import Caller
from ui.store import Store
from ui.store.operators import COOKIE, LASTS, Operators, Throttled
from ui.wording.text import esc
from ui.wording.words import words_for

_CSP = "Content-Security-Policy"


def add_shares(app: FastAPI, store: Store) -> None:
    """`/share/<token>`: a conversation as it was, for whoever has the link."""

    @app.get("/share/{token}", response_class=HTMLResponse, include_in_schema=False)
    def share(token: str, request: Request) -> Response:
        found = store.shared(token)
        if found is None:
            raise HTTPException(404, "This link shows nothing (any more).")
        w = words_for(request.cookies, request.headers.get("accept-language", ""))
        note = w("shared_on", day=w.day(found.created.date()))
        headers = {_CSP: page_policy(), "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
        document = replace(of_share(found), words=w)
        return HTMLResponse(page_html(document, note), headers=headers)


def add_login(app: FastAPI, operators: Operators, store: Store) -> None:
    """`/login` and `/logout`; without a login set, both only lead back to the page."""

    @app.get("/login", response_class=HTMLResponse, include_in_schema=False)
    def login_page() -> Response:
        return _page("") if operators.set else RedirectResponse("/", 303)

    @app.post("/login", include_in_schema=False)
    def login(
        request: Request,
        name: Annotated[str, Form(max_length=200)],
        password: Annotated[str, Form(max_length=1024)],
    ) -> Response:
        if not operators.set:
            return RedirectResponse("/", 303)
        address = request.client.host if request.client else ""
        try:
            token = operators.login(name, password, address)
        except Throttled as error:
            page = _page(f"{error}.", HTTPStatus.TOO_MANY_REQUESTS)
            page.headers["Retry-After"] = str(error.wait)
            return page
        if token is None:
            return _page("This name and password do not belong together.", HTTPStatus.FORBIDDEN)
        role = operators.known({COOKIE: token})
        caller = Caller(role[1] if role else None, name, "login")
        caller.record(store, "login")
        back = RedirectResponse("/", 303)
        secure = request.url.scheme == "https"
        back.set_cookie(
            COOKIE, token, max_age=LASTS, httponly=True, samesite="lax", secure=secure, path="/"
        )
        return back

    @app.post("/logout", include_in_schema=False)
    def logout(request: Request) -> Response:
        operators.logout(request.cookies)
        back = RedirectResponse("/", 303)
        back.delete_cookie(COOKIE, path="/")
        return back


_FORM_STYLE = (
    "form{display:grid;gap:.75rem;max-width:20rem}label{display:grid;gap:.25rem}"
    "input,button{font:inherit;padding:.5rem;color:inherit;background:none;"
    "border:1px solid var(--rule)}"
)


def _page(problem: str, status: HTTPStatus = HTTPStatus.OK) -> HTMLResponse:
    said = f'<p class="failed" role="alert">{esc(problem)}</p>' if problem else ""
    sheet = style() + _FORM_STYLE
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    csp = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Log in · Dateline</title><style>{sheet}</style></head><body>"
        f"<header><p>Dateline</p><h1>Log in</h1></header><main>{said}"
        '<form method="post" action="/login">'
        '<label>Name<input name="name" autocomplete="username" required maxlength="200"></label>'
        '<label>Password<input name="password" type="password" autocomplete="current-password" '
        'required maxlength="1024"></label><button>Log in</button></form></main></body></html>'
    )
    return HTMLResponse(page, status, headers={_CSP: csp, "Cache-Control": "no-store"})
