"""The addresses of kept conversations: their list, changes, exports and feedback."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Body, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from ui.exports.formats import FORMATS, export, of_conversation
from ui.store import KINDS, Store
from ui.web.conversations import conversations_html
from ui.web.frame import page_html
from ui.web.requests import owner_of_request
from ui.web.views import words_of
from vectorstore import InputError

LONGEST = 200
"""Characters of words to look for."""

Values = Annotated[dict[str, Any], Body()]


def add_conversation_routes(app: FastAPI, store: Store, head: str) -> None:
    """Serve what readers keep; each sees their own only, by their browser's session."""
    _views(app, store, head)
    _changes(app, store)

    @app.get("/keep/{kept}/export/{form}")
    def exported(kept: str, form: str, request: Request) -> Response:
        owner = _owner(request)
        if form not in FORMATS:
            raise HTTPException(404)
        conversation = _or_not_found(lambda: store.get(owner, kept))
        document = of_conversation(conversation, store.messages(owner, kept))
        file = export(replace(document, words=words_of(request)), form)
        name = re.sub(r"[^A-Za-z0-9]+", "-", conversation.name).strip("-")[:60] or "dateline"
        shown = f'attachment; filename="{name}{FORMATS[form].suffix}"'
        kind = FORMATS[form].media_type
        return Response(file, media_type=kind, headers={"Content-Disposition": shown})


def _views(app: FastAPI, store: Store, head: str) -> None:
    @app.get("/view/conversations")
    def conversations(request: Request, q: str = "") -> HTMLResponse:
        w, owner, text = (
            words_of(request),
            owner_of_request(request.scope, request.cookies),
            q.strip()[:LONGEST],
        )
        found = store.search(owner, text) if text else store.recent(owner)
        inner = conversations_html(found if owner else [], text, w, datetime.now(UTC))
        kept = {"Cache-Control": "no-store"}
        return HTMLResponse(page_html(w("view_conversations"), inner, head, w), headers=kept)


def _changes(app: FastAPI, store: Store) -> None:
    @app.post("/keep/feedback")
    def feedback(request: Request, values: Values) -> JSONResponse:
        owner, message, kind = _owner(request), values.get("message"), values.get("kind")
        if not isinstance(message, int) or kind not in KINDS:
            raise HTTPException(422)
        _or_not_found(lambda: store.feedback(owner, message, str(kind)))
        return JSONResponse({"ok": True})

    @app.post("/keep/{kept}/{verb}")
    def change(kept: str, verb: str, request: Request, values: Values) -> JSONResponse:
        owner = _owner(request)
        if verb == "rename":
            _or_not_found(lambda: store.rename(owner, kept, str(values.get("name", ""))))
        elif verb == "delete":
            _or_not_found(lambda: store.delete(owner, kept))
        elif verb == "unshare":
            _or_not_found(lambda: store.unshare(owner, kept))
        elif verb == "share":
            token = _or_not_found(lambda: store.share(owner, kept))
            return JSONResponse({"ok": True, "path": f"/share/{token}"})
        else:
            raise HTTPException(404)
        return JSONResponse({"ok": True})


def _owner(request: Request) -> str:
    owner = owner_of_request(request.scope, request.cookies)
    if not owner:
        raise HTTPException(403, "This browser has no session here: reload the page.")
    return owner


def _or_not_found(do: Any) -> Any:
    """What the store does for an owner; what is not theirs is not there."""
    try:
        return do()
    except InputError as error:
        raise HTTPException(404, str(error)) from None
