"""A request says only what is known: a field that is not is an error with the nearest name.

What was not understood and left out would answer another question than the one asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, model_validator
from pydantic_core import PydanticCustomError
from rapidfuzz import fuzz, process

from vectorstore import InputError

NEAR = 60
"""Similarity, 0 to 100, from which a known name is offered in place of an unknown one."""

_FILTERS = (
    *("since", "until", "as_of", "outlets", "outlet", "languages", "language"),
    *("subjects", "subject", "places", "place"),
)

MEANT: dict[str, tuple[str, ...]] = {
    "filters": _FILTERS,
    "filter": _FILTERS,
    "query": ("question", "q", "topic"),
    "text": ("question", "q", "topic"),
    "prompt": ("question", "messages"),
    "messages": ("history",),
    "limit": ("k",),
    "date": ("as_of",),
    "from": ("since",),
    "to": ("until",),
    "lang": ("languages", "language"),
}
"""What is often written, and the names that this has here."""


def unknown(name: str, known: Collection[str]) -> str:
    """What to say of an unknown name: the nearest known ones, and all there are."""
    names = sorted(known)
    near = [n for n in MEANT.get(name.lower(), ()) if n in known]
    if not near:
        best = process.extractOne(name.lower(), names, scorer=fuzz.WRatio, score_cutoff=NEAR)
        near = [best[0]] if best else []
    meant = f" did you mean {', '.join(near)}?" if near else ""
    return f"there is no field {name[:100]!r};{meant} known are {', '.join(names)}"


class Strict(BaseModel):
    """A part of a request; PydanticCustomError `unknown_field` for what it does not have.

    `ignored` are fields that are known and have no meaning here.
    """

    ignored: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _known(cls, given: Any) -> Any:
        if isinstance(given, dict):
            refuse_unknown(given, cls.model_fields, cls.ignored)
        return given


def refuse_unknown(
    given: Iterable[Any], known: Collection[str], ignored: Collection[str] = ()
) -> None:
    """Raises PydanticCustomError for the first name that is neither known nor ignored."""
    for name in given:
        if name not in known and name not in ignored:
            said = unknown(str(name), known)
            raise PydanticCustomError("unknown_field", "{said}", {"said": said, "name": str(name)})


class UnknownParameter(InputError):
    """A query parameter that the path does not have; `name` is what was written."""

    def __init__(self, name: str, said: str) -> None:
        super().__init__(said)
        self.name = name


def _parameters(dependant: Any) -> set[str]:
    """The query parameters of a route, and of all that it depends on."""
    own = {str(field.alias) for field in dependant.query_params}
    return own.union(*(_parameters(inner) for inner in dependant.dependencies))


def known_parameters(request: Request) -> None:
    """For every route: raises UnknownParameter for a query parameter that it does not have."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    known = _parameters(route.dependant)
    for name in request.query_params:
        if name not in known:
            said = (
                unknown(name, known) if known else f"{name[:100]!r}: this path takes no parameters"
            )
            raise UnknownParameter(name, said)
