"""Each way in which a model can fail ends in a cited answer and a plain notice."""

from __future__ import annotations

import logging
import socket
from typing import Any

import pytest

from chatbot import Answer
from chatbot.generative import ChatSettings
from chatbot.values import Usage
from tests.chatbot.generative.conftest import CANARY, chain_of
from tests.chatbot.generative.server import Asked, Reply, Server
from vectorstore import Archive

QUESTION = "How much will Seoul invest in the United States?"


def good(asked: Asked) -> Reply:
    """A true sentence under the key of the source that has it, and a second one."""
    key = asked.keys[0]
    return Reply(
        f"Seoul will invest $350 billion in the United States [{key}].\n"
        f"The tariff on Korean goods will be 15 percent [{key}]."
    )


def useful(answer: Answer) -> bool:
    """Whether the answer is cited, with true quotes, and holds what was asked for."""
    assert not answer.abstained
    assert answer.claims
    assert all(c.citations for c in answer.claims)
    assert all(
        c.article.body[c.start : c.end] == c.quote
        for claim in answer.claims
        for c in claim.citations
    )
    return "$350 billion" in answer.text


def test_a_model_s_sentences_are_cited_and_counted(newsroom: Archive, serving) -> None:
    server = serving(good)
    answer = chain_of(newsroom, server, price_in=2.0, price_out=10.0).invoke(QUESTION)
    assert [c.written for c in answer.claims] == [True, True]
    assert answer.notice == ""
    assert useful(answer)
    assert answer.text.startswith("Seoul will invest $350 billion in the United States. [1]")
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (100, 20)
    assert answer.usage.cost == pytest.approx((100 * 2 + 20 * 10) / 1e6)
    assert "openai:stub" in str(answer.usage)


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ("Seoul will invest $350 billion in the United States.", True),
        (
            "The tariff on Korean goods will be 15 percent, and Seoul will invest $350 billion.",
            True,
        ),
        ("Seoul will invest $450 billion in the United States.", False),
        ("Tokyo will invest $350 billion in the United States.", False),
        ("Seoul will not invest $350 billion in the United States.", False),
        ("Seoul is worried about its farmers and its exchange reserves.", False),
    ],
)
def test_a_sentence_without_a_source_is_cited_only_where_one_supports_it(
    newsroom: Archive, serving, reply: str, kept: bool
) -> None:
    answer = chain_of(newsroom, serving(Reply(reply))).invoke(QUESTION)
    assert [c.text for c in answer.claims if c.written] == ([reply] if kept else [])
    assert useful(answer)


def test_tokens_that_a_model_did_not_report_are_not_shown_as_none() -> None:
    assert str(Usage(model="local")) == "local"
    both = Usage(model="local", calls=1) + Usage(model="local", calls=1, input_tokens=5)
    assert (both.calls, both.input_tokens, both.output_tokens) == (2, 5, None)


def test_the_answer_streams_and_adds_up(newsroom: Archive, serving) -> None:
    parts = list(chain_of(newsroom, serving(good)).stream(QUESTION))
    assert [len(p.claims) for p in parts if p.claims] == [1, 1]
    whole = parts[0]
    for part in parts[1:]:
        whole += part
    assert useful(whole)


@pytest.mark.parametrize(
    ("reply", "notice"),
    [
        (Reply(status=429), "busy"),
        (Reply(status=429, headers={"Retry-After": "900"}), "wait 900 seconds"),
        (Reply(status=500), "server failed"),
        (Reply(status=503), "server failed"),
        (Reply(status=401, body=f'{{"error": {{"message": "bad {CANARY}"}}}}'), "the key"),
        (Reply(status=404), "does not know the model"),
        (Reply(status=400), "rejected"),
        (Reply(""), "said nothing"),
        (Reply("  \n \n"), "said nothing"),
        (Reply("I'm sorry, but I can't help with that."), "declined"),
        (Reply("", finish="content_filter"), "declined"),
        (Reply("The moon is made of green cheese."), "named no source"),
        (Reply("!! %%% ;;; ~~~ @@@ ((("), "said nothing"),
        (Reply("xq zvw pl0 rrr\nkkj asd qwe 99 zz"), "named no source"),
        (Reply("El gobierno de Corea invierte mucho dinero este año otra vez."), "language"),
        (Reply("서울은 미국에 3,500억 달러를 투자한다."), "language"),
        (Reply("Seoul will invest", end_after=2), "broke off"),
        (Reply("Seoul will invest $350 billion in the United States", break_after=3), "broke off"),
        (Reply(raw="data: {not json}\n\n"), "broke off"),
        (Reply(raw="<html>It works!</html>"), "model failed"),
    ],
)
def test_a_failure_ends_in_the_articles_own_sentences(
    newsroom: Archive, serving, reply: Reply, notice: str, caplog
) -> None:
    answer = chain_of(newsroom, serving(reply)).invoke(QUESTION)
    assert notice in answer.notice
    assert "sentences from the articles" in answer.notice
    assert useful(answer)
    assert not any(c.written for c in answer.claims)
    assert CANARY not in caplog.text + repr(answer)


def test_a_notice_is_in_the_language_of_the_question(newsroom: Archive, serving) -> None:
    answer = chain_of(newsroom, serving(Reply(status=500))).invoke(
        "자동차 관세는 몇 퍼센트로 내려가나요?"
    )
    assert answer.notice.startswith("모델 서버에 오류가 났습니다.")
    assert "15퍼센트" in answer.text


def test_a_model_that_never_answers_is_given_up(newsroom: Archive, serving) -> None:
    for reply in (Reply(drip=True, wait=0.05), Reply("a " * 900, wait=0.05, piece=2)):
        server = serving(reply)
        answer = chain_of(newsroom, server, timeout=0.5).invoke(QUESTION)
        assert "did not answer in time" in answer.notice
        assert useful(answer)
        assert server.gone.wait(10)


def test_a_server_that_is_not_there(newsroom: Archive, serving) -> None:
    server = serving("")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server.url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        answer = chain_of(newsroom, server).invoke(QUESTION)
    assert "cannot be reached" in answer.notice
    assert useful(answer)


def test_a_busy_model_is_asked_again_when_it_says(newsroom: Archive, serving) -> None:
    def script(asked: Asked) -> Reply:
        if len(server.asked) < 3:
            return Reply(status=429, headers={"Retry-After": "0"})
        return good(asked)

    server: Server = serving(script)
    answer = chain_of(newsroom, server, retries=2).invoke(QUESTION)
    assert answer.notice == ""
    assert len(server.asked) == 3
    assert answer.usage.calls == 3


def test_no_second_try_where_the_wait_is_longer_than_the_patience(
    newsroom: Archive, serving
) -> None:
    server = serving(Reply(status=429, headers={"Retry-After": "60"}))
    answer = chain_of(newsroom, server, retries=2).invoke(QUESTION)
    assert len(server.asked) == 1
    assert "60 seconds" in answer.notice


def test_what_stood_before_the_break_is_kept(newsroom: Archive, serving) -> None:
    def script(asked: Asked) -> Reply:
        text = good(asked).text
        return Reply(text, break_after=(text.index("\n") + 7) // 7 + 1)

    answer = chain_of(newsroom, serving(script)).invoke(QUESTION)
    assert answer.claims[0].written
    assert not any(c.written for c in answer.claims[1:])
    assert "broke off" in answer.notice
    assert "kept" in answer.notice
    assert useful(answer)


def test_endless_output_is_stopped(newsroom: Archive, serving) -> None:
    def script(asked: Asked) -> Reply:
        return Reply(good(asked).text + "\n", forever=True, piece=40)

    def blank(_: Asked) -> Reply:
        return Reply("word " * 100, forever=True, piece=400)

    server = serving(script)
    answer = chain_of(newsroom, server).invoke(QUESTION)
    assert "without end" in answer.notice
    assert 2 <= len(answer.claims) <= 12
    assert useful(answer)
    assert server.gone.wait(10)
    answer = chain_of(newsroom, serving(blank)).invoke(QUESTION)
    assert "without end" in answer.notice
    assert useful(answer)


def test_a_model_that_finds_nothing_makes_the_archive_abstain(newsroom: Archive, serving) -> None:
    server = serving(lambda asked: Reply(f"[{asked.nothing}]"))
    answer = chain_of(newsroom, server).invoke(QUESTION)
    assert answer.abstained
    assert "found no answer" in answer.notice
    assert answer.nearest


def test_closing_the_stream_stops_the_request(newsroom: Archive, serving) -> None:
    server = serving(Reply(drip=True, wait=0.02))
    stream = chain_of(newsroom, server, timeout=60.0).stream(QUESTION)
    next(stream)
    assert next(stream) == Answer()  # the model is waited for
    stream.close()
    assert server.gone.wait(10)


async def test_cancelling_stops_the_request(newsroom: Archive, serving) -> None:
    import asyncio

    server = serving(Reply(drip=True, wait=0.02))
    task = asyncio.ensure_future(chain_of(newsroom, server, timeout=60.0).ainvoke(QUESTION))
    while not server.asked:
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(server.gone.wait, 10)


def test_what_is_not_supported_is_left_out_or_marked(newsroom: Archive, serving) -> None:
    def script(asked: Asked) -> Reply:
        return Reply(f"The tariff will be 99 percent [{asked.keys[0]}].\n" + good(asked).text)

    server = serving(script)
    dropped = chain_of(newsroom, server).invoke(QUESTION)
    assert "99" not in dropped.text
    assert dropped.notice.startswith("One sentence of the model is left out")
    marked = chain_of(newsroom, server, on_failure="mark").invoke(QUESTION)
    assert "99 percent" in marked.claims[0].text
    assert not marked.claims[0].supported
    assert marked.claims[0].citations == ()
    assert all(c.supported for c in marked.claims[1:])


def test_secrets_are_masked(caplog) -> None:
    caplog.set_level(logging.DEBUG)
    given: dict[str, Any] = {"base_url": f"http://user:{CANARY}@127.0.0.1:1/v1"}
    shown = ChatSettings(model="openai:x", api_key=CANARY, **given)
    model = shown.load()
    assert CANARY not in repr(shown) + str(shown) + f"{model.openai_api_key!r}" + caplog.text
    assert "127.0.0.1:1" in repr(shown)
