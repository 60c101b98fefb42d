"""The interface's words: complete in each language, and chosen as a reader asks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import ui
from ui.wording.words import COOKIE, LANGUAGES, words, words_for
from vectorstore import Dated

UI = Path(ui.__file__).parent


def flat(table: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{at}{key}.")
        elif isinstance(value, list):
            yield from ((f"{at}{key}.{i}", str(one)) for i, one in enumerate(value))
        else:
            yield f"{at}{key}", str(value)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_every_text_with_the_same_gaps(lang: str) -> None:
    english, own = dict(flat(words("en").table)), dict(flat(words(lang).table))
    assert own.keys() == english.keys()
    for key, text in own.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), key
        assert not set(text) & set('<>&"'), key


def test_korean_is_korean() -> None:
    own = dict(flat(words("ko").table))
    foreign = [
        k
        for k, v in own.items()
        if not re.search("[가-힣]|^Dateline$|^[^a-zA-Z]*$", re.sub(r"\{\w+\}", "", v))
    ]
    assert foreign == []


def test_every_text_that_is_asked_for_is_there() -> None:
    table = words("en").table
    asked = set()
    for path in UI.glob("web/*.py"):
        asked |= set(re.findall(r"\bw\(\s*[\"']([a-z_]+)[\"']\s*[,)]", path.read_text("utf-8")))
    for path in UI.glob("web/assets/dateline*.js"):
        asked |= set(re.findall(r"dl\.word\(\"([a-z_]+)\"", path.read_text("utf-8")))
    assert len(asked) > 100
    assert asked - set(table) == set()


@pytest.mark.parametrize(
    ("cookies", "accepted", "lang"),
    [
        ({}, "", "en"),
        ({}, "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ({}, "fr-FR,en;q=0.8,ko;q=0.5", "en"),
        ({COOKIE: "ko"}, "en-GB", "ko"),
        ({COOKIE: "../x"}, "de", "en"),
    ],
)
def test_the_language_is_the_readers(cookies: dict[str, str], accepted: str, lang: str) -> None:
    assert words_for(cookies, accepted).lang == lang


def test_dates_and_counts_are_said_in_the_language() -> None:
    day, moment = date(2025, 7, 31), Dated("2025-07-31T09:05:00+09:00")
    en, ko = words("en"), words("ko")
    assert (en.day(day), ko.day(day)) == ("31 July 2025", "2025년 7월 31일")
    assert ko.dated(moment) == "2025년 7월 31일, 09:05 UTC+9"
    assert (en.count("articles", 1), en.count("articles", 1234)) == ("1 article", "1,234 articles")
    assert ko.count("articles", 1234) == "기사 1,234건"
