"""OpenAI-compatible routes, so that clients made for chat models can talk to an archive.

Citations are `url_citation` annotations: the indices are those of the cited sentence in the
content, the end exclusive, and `dateline` in each has the quote and where it stands. Filters
go in as further fields of the request (`extra_body` of the openai package). Article text is
escaped where Markdown would make a link, an image, HTML or a citation of it.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from chatbot import Answer
from ui.api.errors import as_problem
from ui.api.requests import Ask, Narrowed, Said
from ui.api.responses import ClaimOut
from ui.api.service import Service, answer_out
from ui.exports.text import visible
from ui.store.snapshot import Json, plain
from vectorstore import InputError

MODEL = "dateline"
GAP = "\n\n"

STEERING = (
    "audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens "
    "max_tokens metadata modalities moderation n parallel_tool_calls prediction presence_penalty "
    "prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort "
    "response_format safety_identifier seed service_tier stop store temperature tool_choice tools "
    "top_logprobs top_p user verbosity web_search_options "
    "top_k min_p typical_p repetition_penalty reasoning thinking chat_template_kwargs "
    "enable_thinking num_ctx keep_alive options"
)
"""Fields of OpenAI's, and of servers that are like it, that have no meaning here; any other unknown
one is an error."""

_ACTIVE = re.compile(r"[\\\[\]<`]|!(?=\[)")


class TextPart(BaseModel):
    """A part of a message's content."""

    type: Literal["text"]
    text: str = Field(max_length=64 * 1024)


class ChatMessage(BaseModel):
    """A message; those of other roles than user and assistant are not used."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: Annotated[str, Field(max_length=64 * 1024)] | list[TextPart] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """What comes with a stream."""

    include_usage: bool = False


class ChatRequest(Narrowed):
    """A chat completion; what steers a model, such as `temperature`, has no meaning here."""

    ignored: ClassVar[frozenset[str]] = frozenset(STEERING.split())

    model: str = Field(MODEL, max_length=200)
    messages: list[ChatMessage] = Field(min_length=1, max_length=200)
    stream: bool = False
    stream_options: StreamOptions | None = None

    def asked(self) -> Ask:
        """The last message as the question, those before as the conversation."""
        spoken = [m for m in self.messages if m.role in {"user", "assistant"} and m.text]
        if not spoken or spoken[-1].role != "user":
            raise InputError("the last message must be the user's, and not be empty")
        history = [Said.model_validate({"role": m.role, "content": m.text}) for m in spoken[:-1]]
        narrowed = {name: getattr(self, name) for name in Narrowed.model_fields}
        if len(spoken[-1].text.encode(errors="replace")) > 16 * 1024:
            raise InputError("the question is longer than 16 kB: ask in fewer words")
        return Ask(question=spoken[-1].text, history=history[-100:], **narrowed)


def openai_router(service: Service) -> APIRouter:
    """`/models` and `/chat/completions`."""
    router = APIRouter(tags=["openai"])

    @router.get("/models")
    def models() -> Json:
        """The one model: the archive."""
        return {"object": "list", "data": [_model()]}

    @router.get("/models/{name}")
    def model(name: str) -> Json:
        """A model by its name; there is one."""
        return _model()

    @router.post("/chat/completions")
    async def completions(wanted: ChatRequest, request: Request) -> Any:
        """Answer the last message from the archive."""
        asked, base = wanted.asked(), str(request.base_url).rstrip("/")
        service.filters(asked)
        if wanted.stream:
            service.turnstile.refuse_if_full()
            usage = bool(wanted.stream_options and wanted.stream_options.include_usage)
            events = _chunks(service, asked, Completion(base), usage=usage)
            return StreamingResponse(events, media_type="text/event-stream")
        whole = Answer()
        async for part in service.parts(asked):
            whole += part
        return Completion(base).whole(whole)

    return router


def _model() -> Json:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": "dateline"}


class Completion:
    """One completion: its content as it grows, and the annotations of each piece."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.shared = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time())}
        self.length = self.shown = 0
        self.heading = ""

    def piece(self, answer: Answer) -> tuple[str, list[Json]]:
        """The content that is new since the last piece, with its annotations."""
        now = answer_out(answer)
        content, notes = "", []
        cited = {c.number: c for c in now.citations}
        for claim in now.claims[self.shown :]:
            lead = GAP if self.length else inert(now.message) + GAP if now.message else ""
            if claim.heading and claim.heading != self.heading:
                lead += f"**{inert(claim.heading)}**{GAP}"
            self.heading = claim.heading
            text = lead + _content(claim)
            start = self.length + len(lead)
            self.length += len(text)
            notes += [self._note(cited[n], start, self.length) for n in claim.citations]
            content += text
            self.shown += 1
        return content, notes

    def rest(self, answer: Answer) -> str:
        """What Dateline says itself: all of an answer without claims, or a note under one."""
        own = (answer.notice,) if self.shown else (answer.message, answer.notice)
        message = GAP.join(inert(t) for t in own if t)
        return GAP + message if message and self.shown else message

    def _note(self, cited: Any, start: int, end: int) -> Json:
        article = cited.article
        page = f"{self.base}{article.page}?start={cited.start}&end={cited.end}"
        title = visible(article.headline) or "Untitled"
        link = {"url": article.url or page, "title": title, "start_index": start, "end_index": end}
        ours = cited.model_dump(mode="json") | {"page": page}
        return {"type": "url_citation", "url_citation": link, "dateline": ours}

    def whole(self, answer: Answer) -> Json:
        """The `chat.completion` of a finished answer."""
        content, notes = self.piece(answer)
        message = {
            "role": "assistant",
            "content": content + self.rest(answer),
            "refusal": None,
            "annotations": notes,
        }
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return self._framed("chat.completion", [choice]) | {
            "usage": usage_of(answer),
            "dateline": answer_out(answer).model_dump(mode="json"),
        }

    def chunk(self, delta: Json, *, last: bool = False, **more: Any) -> str:
        """A `chat.completion.chunk` as an event."""
        finish = "stop" if last else None
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _data(self._framed("chat.completion.chunk", [choice]) | more)

    def usage(self, answer: Answer) -> str:
        """The last chunk, which has no choice."""
        return _data(self._framed("chat.completion.chunk", []) | {"usage": usage_of(answer)})

    def _framed(self, kind: str, choices: list[Json]) -> Json:
        return {**self.shared, "object": kind, "model": MODEL, "choices": choices}


async def _chunks(
    service: Service, asked: Ask, completion: Completion, *, usage: bool
) -> AsyncIterator[str]:
    whole = Answer()
    try:
        yield completion.chunk({"role": "assistant", "content": ""})
        async for part in service.parts(asked):
            whole += part
            content, notes = completion.piece(whole)
            if content:
                yield completion.chunk({"content": content, "annotations": notes})
        if rest := completion.rest(whole):
            yield completion.chunk({"content": rest})
        answer = answer_out(whole).model_dump(mode="json")
        yield completion.chunk({}, last=True, dateline=answer)
        if usage:
            yield completion.usage(whole)
        yield "data: [DONE]\n\n"
    except Exception as error:
        yield _data({"error": as_problem(error)[1].model_dump()})


def _content(claim: ClaimOut) -> str:
    numbers = "".join(f"[{n}]" for n in claim.citations)
    lead = f"**{inert(claim.lead)}** — " if claim.lead else ""
    return lead + inert(claim.text) + (f" {numbers}" if numbers else "")


def inert(text: str) -> str:
    """Text in which Markdown finds no link, image, HTML or code, and nobody a false citation."""
    return _ACTIVE.sub(r"\\\g<0>", visible(text))


def usage_of(answer: Answer) -> Json:
    """Tokens as the model counted them; 0 where no model was asked."""
    counted = plain(getattr(answer, "usage", None)) or {}
    given, made = (int(counted.get(n) or 0) for n in ("input_tokens", "output_tokens"))
    return {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}


def _data(value: Json) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
