"""The page as Gradio blocks.

The conversation and the sources are HTML of our own, so that streaming, citations and
escaping are ours; Gradio carries the events, the session and the question box.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.web_chat import conversation_html, panel_html
from ui.web_session import Chat, Session, Updates

AT_ONCE = 20
"""Answers streaming at the same time; Gradio's own default of 1 makes 20 users wait 10 s."""

WAITING = 200
"""Events in the queue before new ones are refused."""

EXAMPLES = (
    "What happened to the workers detained in Georgia?",
    "How is the $350 billion split, and what is the yearly limit?",
    "Where will Korea's nuclear-powered submarines be built?",
    "What was known about the car tariff as of 20 August 2025?",
    "핵추진 잠수함은 어디에서 건조하나요?",
)
"""Questions about the sample archive, which is what they are offered for."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components that events read and write."""

    session: gr.State
    masthead: gr.HTML
    restart: gr.Button
    conversation: gr.HTML
    examples: list[gr.Button]
    question: gr.Textbox
    ask: gr.Button
    stop: gr.Button
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
    session = gr.State(Session())
    with gr.Column(elem_id="dl-app"):
        with gr.Row(elem_id="dl-top"):
            masthead = _html("dl-head")
            restart = gr.Button("New conversation", elem_id="dl-new")
        with gr.Row(elem_id="dl-main"):
            with gr.Column(elem_id="dl-chat"):
                with gr.Column(elem_id="dl-scroll"):
                    conversation = _html("dl-conversation", conversation_html(()))
                    with gr.Column(elem_id="dl-welcome"):
                        gr.HTML(_WELCOME, padding=False)
                        buttons = [gr.Button(e, elem_classes="dl-example") for e in examples]
                with gr.Row(elem_id="dl-composer"):
                    question = gr.Textbox(
                        label="Question",
                        placeholder="Ask the archive",
                        lines=1,
                        max_lines=6,
                        container=False,
                        elem_id="dl-question",
                        autofocus=True,
                    )
                    ask = gr.Button("Ask", elem_id="dl-ask")
                    stop = gr.Button("Stop", elem_id="dl-stop")
            with gr.Column(elem_id="dl-sources"):
                sources = _html("dl-panel", panel_html(()))
        footer = _html("dl-foot")
    return _Parts(
        session, masthead, restart, conversation, buttons, question, ask, stop, sources, footer
    )


def _html(elem_id: str, value: str = "") -> gr.HTML:
    """HTML of ours as it is: no default look, and no click event of Gradio's."""
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None, padding=False)


_WELCOME = (
    '<h2 class="dl-welcome">Ask the archive.</h2><p class="dl-dek">Every sentence of an answer '
    "cites the article it comes from, word for word.</p>"
)


def _events(page: gr.Blocks, chat: Chat, parts: _Parts) -> None:
    outputs = [parts.question, parts.conversation, parts.sources, parts.footer]
    page.load(
        lambda: (chat.masthead(), chat.footer()),
        outputs=[parts.masthead, parts.footer],
        **_QUIET,
    )
    gr.on(
        [parts.question.submit, parts.ask.click],
        chat.ask,
        inputs=[parts.question, parts.session],
        outputs=outputs,
        **_ASKING,
    )
    for button in parts.examples:
        button.click(
            _asking(chat, str(button.value)),
            inputs=[parts.session],
            outputs=outputs,
            **_ASKING,
        )
    parts.stop.click(
        chat.stop,
        inputs=[parts.session],
        outputs=[parts.conversation, parts.sources],
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


def _asking(chat: Chat, question: str) -> Callable[[Session], Iterator[Updates]]:
    def ask(session: Session) -> Iterator[Updates]:
        yield from chat.ask(question, session)

    return ask
