"""Errors of the API: one shape for all, the one that OpenAI's clients read, and the token."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from ui.api.responses import ErrorOut, Problem
from ui.api.service import NotFound
from ui.api.strict import UnknownParameter
from ui.operations.access import TOKEN, Access, caller_of
from ui.operations.limits import Busy
from ui.store import Forbidden, Role
from vectorstore import DatelineError, InputError

log = logging.getLogger(__name__)

PATHS = ("/api/", "/v1/", "/mcp")

_UNREADABLE = "the archive's database cannot be read just now: its operator runs `dateline doctor`"


class Unauthorised(Exception):
    """The request lacks a token that is valid."""


def admit(access: Access, scope: Mapping[str, object], needed: Role = Role.reader) -> None:
    """Raises Unauthorised or Forbidden unless the request may have what needs this role."""
    if not access.admit(caller_of(scope), needed):
        raise Unauthorised


def refused(
    status: HTTPStatus, message: str, *, kind: str = "invalid_request_error", param: str = ""
) -> JSONResponse:
    """A refusal: what happened, and what to do."""
    problem = Problem(message=message, type=kind, param=param or None)
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(ErrorOut(error=problem).model_dump(), status, headers=headers)


def as_problem(error: Exception) -> tuple[HTTPStatus, Problem]:
    """The status and the words for an error; one of ours explains itself, others are logged."""
    if isinstance(error, Unauthorised):
        message = (
            f"send a valid token: Authorization: Bearer <{TOKEN}, or one of `dateline tokens add`>"
        )
        return HTTPStatus.UNAUTHORIZED, Problem(message=message, type="authentication_error")
    if isinstance(error, Forbidden):
        return HTTPStatus.FORBIDDEN, Problem(message=str(error), type="permission_error")
    if isinstance(error, Busy):
        return HTTPStatus.SERVICE_UNAVAILABLE, Problem(message=str(error), type="overloaded_error")
    if isinstance(error, InputError):
        return _of_input(error)
    if isinstance(error, (DatelineError, SQLAlchemyError)):
        message = str(error) if isinstance(error, DatelineError) else _UNREADABLE
        if message is _UNREADABLE:
            log.error("a database cannot be read", exc_info=error)
        return HTTPStatus.SERVICE_UNAVAILABLE, Problem(message=message, type="archive_error")
    log.error("an API request failed", exc_info=error)
    message = "something went wrong; it has been logged, please try again"
    return HTTPStatus.INTERNAL_SERVER_ERROR, Problem(message=message, type="server_error")


def _of_input(error: InputError) -> tuple[HTTPStatus, Problem]:
    """What was asked for is not there, not known, or cannot be used."""
    if isinstance(error, NotFound):
        return HTTPStatus.NOT_FOUND, Problem(message=str(error), type="not_found_error")
    wrong = Problem(message=str(error), type="invalid_request_error")
    if isinstance(error, UnknownParameter):
        wrong.param = error.name
        return HTTPStatus.UNPROCESSABLE_ENTITY, wrong
    return HTTPStatus.BAD_REQUEST, wrong


def add_handlers(app: FastAPI) -> None:
    """Every error under the API's paths in the same shape; others stay as they are."""

    async def ours(request: Request, error: Exception) -> Response:
        if not request.url.path.startswith(PATHS):
            raise error
        status, problem = as_problem(error)
        return refused(status, problem.message, kind=problem.type, param=problem.param or "")

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 (what it is registered for)
        if not request.url.path.startswith(PATHS):
            return await request_validation_exception_handler(request, error)
        first: dict[str, Any] = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        if first["type"] == "unknown_field":
            name = str(first["ctx"]["name"])
            where = f"{place}.{name}" if place else name
            return refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(first["msg"]), param=where)
        message = f"{place}: {first['msg']}" if place else str(first["msg"])
        return refused(HTTPStatus.UNPROCESSABLE_ENTITY, message, param=place)

    app.add_exception_handler(RequestValidationError, invalid)
    for kind in (Unauthorised, Forbidden, DatelineError, Busy, SQLAlchemyError):
        app.add_exception_handler(kind, ours)
