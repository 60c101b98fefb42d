"""The page as Gradio blocks.

The conversation and the sources are HTML of our own, so that streaming, citations and
escaping are ours; Gradio carries the events, the session and the question box. The other
views are pages of the server (`ui.web.views`) that are shown in the same frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.web.chat import Chat, Updates
from ui.web.frame import welcome_html
from ui.web.session import Session
from ui.web.sources import panel_html
from ui.web.transcript import log_html
from ui.wording.words import words

AT_ONCE = 20
"""Answers streaming at the same time; Gradio's own default of 1 makes 20 users wait 10 s."""

WAITING = 200
"""Events in the queue before new ones are refused."""

EXAMPLES = (
    "What happened to the workers detained in Georgia?",
    "How much of the $350 billion is cash, and what is the yearly limit?",
    "Where will Korea's nuclear-powered submarines be built?",
    "What was known about the car tariff as of 20 August 2025?",
    "핵추진 잠수함은 어디에서 건조하나요?",
)
"""Questions about the sample archive, which is what they are offered for."""

_VIEW = '<div id="dl-view" tabindex="-1"></div>'
_READER = '<div id="dl-reader" aria-live="polite"></div>'


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components that events read and write."""

    session: gr.State
    wanted: gr.Textbox
    masthead: gr.HTML
    restart: gr.Button
    log: gr.HTML
    conversation: gr.HTML
    welcome: gr.HTML
    examples: list[gr.Button]
    question: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    resume: gr.Button
    sources: gr.HTML
    footer: gr.HTML


def build_page(chat: Chat, examples: Sequence[str]) -> gr.Blocks:
    """The page; `examples` are questions offered while the conversation is empty."""
    page = gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True)
    with page:
        _events(page, chat, _layout(examples))
    page.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE, api_open=False)
    return page


def _layout(examples: Sequence[str]) -> _Parts:
    session, w = gr.State(Session()), words("en")
    with gr.Column(elem_id="dl-app"):
        with gr.Row(elem_id="dl-top"):
            masthead = _html("dl-head")
            restart = gr.Button(w("new_conversation"), elem_id="dl-new")
        with gr.Row(elem_id="dl-main"):
            with gr.Column(elem_id="dl-chat"):
                with gr.Column(elem_id="dl-scroll"):
                    log = _html("dl-conversation", log_html(w))
                    conversation = _html("dl-turns")
                    with gr.Column(elem_id="dl-welcome"):
                        welcome = _html("dl-greeting", welcome_html(w))
                        buttons = [gr.Button(e, elem_classes="dl-example") for e in examples]
                question, wanted, ask, stop = _composer()
                resume = gr.Button(visible="hidden", elem_id="dl-resume")
            _html("dl-view-frame", _VIEW)
            with gr.Column(elem_id="dl-sources"):
                sources = _html("dl-panel", panel_html(w))
                _html("dl-reader-frame", _READER)
        footer = _html("dl-foot")
    return _Parts(
        session, wanted, masthead, restart, log, conversation, welcome, buttons, question, ask,
        stop, resume, sources, footer,
    )  # fmt: skip


def _composer() -> tuple[gr.Textbox, gr.Textbox, gr.Button, gr.Button]:
    """The question box with its buttons, and what the page adds to a question as JSON."""
    w = words("en")
    with gr.Column(elem_id="dl-composing"):
        _html("dl-narrowed", '<div id="dl-filters-bar"></div>')
        with gr.Row(elem_id="dl-composer"):
            question = gr.Textbox(
                label=w("question"),
                placeholder=w("question_hint"),
                lines=1,
                max_lines=6,
                container=False,
                elem_id="dl-question",
                autofocus=True,
            )
            wanted = gr.Textbox(visible="hidden", elem_id="dl-wanted")
            ask = gr.Button(w("ask"), elem_id="dl-ask")
            stop = gr.Button(w("stop"), elem_id="dl-stop")
    return question, wanted, ask, stop


def _html(elem_id: str, value: str = "") -> gr.HTML:
    """HTML of ours as it is: no default look, and no click event of Gradio's."""
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None, padding=False)


def _events(page: gr.Blocks, chat: Chat, parts: _Parts) -> None:
    outputs = [parts.question, parts.conversation, parts.footer]
    page.load(
        chat.load,
        inputs=[parts.wanted, parts.session],
        js="(_, session) => [window.dateline.resumes(), session]",
        outputs=[
            parts.masthead,
            parts.footer,
            parts.log,
            parts.sources,
            parts.conversation,
            parts.welcome,
            parts.question,
            parts.ask,
            parts.stop,
            parts.restart,
        ],
        **_QUIET,
    )
    gr.on(
        [parts.question.submit, parts.ask.click],
        chat.ask,
        inputs=[parts.question, parts.wanted, parts.session],
        outputs=outputs,
        js="(question, _, session) => [question, window.dateline.wanted(), session]",
        **_ASKING,
    )
    for button in parts.examples:
        button.click(
            _asking(chat, str(button.value)),
            inputs=[parts.wanted, parts.session],
            outputs=outputs,
            js="(_, session) => [window.dateline.wanted(), session]",
            **_ASKING,
        )
    parts.stop.click(
        chat.stop,
        inputs=[parts.session],
        outputs=[parts.conversation],
        **_QUIET,
    )
    parts.resume.click(
        chat.resume,
        inputs=[parts.wanted, parts.session],
        outputs=outputs,
        js="(_, session) => [window.dateline.resumes(), session]",
        **_QUIET,
    )
    parts.restart.click(chat.restart, inputs=[parts.session], outputs=outputs, **_QUIET)


_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""No spinner of Gradio's, and no entry in its API."""

_ASKING = _QUIET | {
    "concurrency_limit": AT_ONCE,
    "concurrency_id": "ask",
    "trigger_mode": "multiple",
}
"""A new question may be asked at once after a stop, while the old stream still winds up."""


def _asking(chat: Chat, question: str) -> Callable[[str, Session, gr.Request], Iterator[Updates]]:
    def ask(wanted: str, session: Session, request: gr.Request) -> Iterator[Updates]:
        yield from chat.ask(question, wanted, session, request)

    return ask
