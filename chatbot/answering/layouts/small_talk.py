"""Small talk: greetings, thanks, questions about Dateline, and what is no question.

It is answered without a search: with what the archive holds, and questions that it answers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from chatbot.answering.suggestions import full_names
from chatbot.language.phrases import long_date, phrases
from chatbot.values import Answer, Query, Request
from vectorstore import Archive, Status, StoredArticle

SMALL_TALK: tuple[Request, ...] = ("greeting", "dateline", "task", "nothing")

THANKS = re.compile(
    r"\b(?:thanks?|thx|ty|cheers|great|good (?:answer|job|work)|nice|perfect|helpful|appreciate"
    r"|merci|gracias|danke|arigato)\b|고마|감사|ㄱㅅ|땡큐|수고|잘했|좋네|좋아요|ありがとう",
    re.IGNORECASE,
)
BYE = re.compile(
    r"\b(?:bye|goodbye|see (?:you|ya)|good ?night|farewell|ciao|adi[oó]s|tsch[uü]ss)\b"
    r"|잘 ?가|잘 ?있|안녕히|내일 (?:봐|뵐|만나)|さようなら",
    re.IGNORECASE,
)

OUTLETS = 3
"""Outlets that are named as those that the articles are from."""

LOOKED_AT = 80
"""Articles, the newest first, whose names are topics that can be asked about."""

OPENING = 1_500
"""Characters of a body in which its names are looked for."""

COMMON, RARE = 0.25, 0.04
"""Share of those articles that a topic is named in at most, and at least."""

TOPICS = 2


def small_talk_answer(archive: Archive, query: Query) -> Iterator[Answer]:
    """The answer to a request that asks nothing of the articles."""
    texts = phrases(query.language)["requests"]
    key: str = query.request
    if key == "greeting" and BYE.search(query.question):
        key = "bye"
    elif key == "greeting" and THANKS.search(query.question):
        key = "thanks"
    status = archive.status()
    text = texts[key].format(holds=archive_summary(status, query.language))
    if key in ("thanks", "bye") or not status.articles:
        yield Answer(message=text)
    else:
        none = key in ("task", "nothing")
        asks = example_questions(archive, query.language)
        yield Answer(message=text, abstained=none, suggested=asks)


def archive_summary(status: Status, language: str) -> str:
    """A sentence about what the archive holds: articles, outlets, first and last day."""
    texts = phrases(language)["requests"]
    if not status.articles:
        return str(texts["empty"])
    articles = article_count(status.articles, language)
    span = ""
    if status.first_published and status.last_published:
        days = (status.first_published, status.last_published)
        span = texts["span"].format(
            first=long_date(days[0], language), last=long_date(days[1], language)
        )
    outlets = [name for name, _ in status.outlets if name]
    outlet_names = ", ".join(outlets[:OUTLETS])
    if (more := len(outlets) - OUTLETS) > 0:
        outlet_names = texts["outlet_more"].format(outlets=outlet_names, n=more)
    template = texts["holds_outlets" if outlet_names else "holds"]
    text = str(template.format(articles=articles, outlets=outlet_names, span=span)).replace(
        ", .", "."
    )
    if status.last_ingested:
        day = long_date(status.last_ingested.date(), language)
        text += " " + texts["last_update"].format(day=day)
    return text


def article_count(n: int, language: str) -> str:
    """A number of articles in words."""
    texts = phrases(language)["requests"]
    return str(texts["article"] if n == 1 else texts["articles"].format(n=f"{n:,}"))


def example_questions(archive: Archive, language: str) -> tuple[str, ...]:
    """Three questions that the archive answers: the news, and its most frequent topics."""
    texts = phrases(language)["requests"]
    newest = archive.browse(limit=LOOKED_AT)
    found = frequent_names(newest)
    asks = (texts["ask_latest"], texts["ask_timeline"])
    return (texts["ask_new"], *(a.format(topic=t) for a, t in zip(asks, found, strict=False)))


def frequent_names(articles: Sequence[StoredArticle]) -> list[str]:
    """Names of several words that many of some articles have, the most frequent first."""
    counts = Counter(
        name
        for a in articles
        for name in {*full_names(a.body[:OPENING])}
        if 1 < len(name.split()) <= 4
    )
    least, most = max(2, RARE * len(articles)), COMMON * len(articles)
    kept = [name for name, n in counts.items() if least <= n <= most]
    return sorted(kept, key=lambda name: (-counts[name], name))[:TOPICS]
