"""Speakers: whose words a request asks for, and whose words a sentence reports."""

from __future__ import annotations

import re

from chatbot.answering.speech import speaker_of
from chatbot.reading.candidates import Candidate
from chatbot.reading.query_terms import QueryTerms
from vectorstore import question_terms, terms

ASKS_SPEAKER = re.compile(
    r"\bwhat (?:do|does|did|is|are|was|were|has|have|had|will|would) (?P<a>.+?) "
    r"(?:say|saying|said|think|thinking|want|wanted|demand|demanding|ask|asking|argue|argued"
    r"|claim|claimed|expect|complain|propose|call)\b"
    r"|\bhow (?:do|does|did) (?P<b>.+?) (?:see|view|justify|explain|react|respond|defend)\b"
    r"|\b(?:position|stance|view|views|opinion|line|reaction|demands?|response) of "
    r"(?P<c>.+?)(?: on| about| to| in| regarding|\?|$)"
    r"|(?<![\w.’'& -])(?P<d>[\w.’'& -]+?)['’]s? "
    r"(?:position|stance|view|views|opinion|line|case|reaction|response|demands?|argument)\b"
    r"|(?<!\S)(?P<e>\S+?)(?:의|이|가|은|는)? (?:입장|주장|반응|요구|요구사항|의견|생각)"
    r"|(?<!\S)(?P<f>\S+(?:\s\S+)?)(?:은|는|이|가) .*"
    r"(?:뭐라|어떻게 (?:보|생각)|무슨 말|무엇을 (?:요구|원))",
    re.IGNORECASE,
)
"""How a request names whose words it asks for."""

NOBODY_IN_PARTICULAR = re.compile(
    r"\b(?:each|both|either|all|every|the two|other) ?(?:sides?|part(?:y|ies))?\b|\bsides?\b"
    r"|\b(?:people|everyone|anyone|they|he|she|you|we|who)\b|양측|양쪽|각각|각자|누가|사람들",
    re.IGNORECASE,
)
"""What names nobody in particular."""

QUOTED = re.compile(r"“[^”]*”?|\"[^\"]*\"?")

MOST_OF = 0.6
"""Share of the words for somebody that a sentence has which tells what they say."""


def requested_speaker(question: str) -> frozenset[str]:
    """The terms of who is asked about in "what does X say …"; none for nobody in particular."""
    found = ASKS_SPEAKER.search(question)
    who = next((g for g in found.groups() if g), "") if found else ""
    return frozenset() if NOBODY_IN_PARTICULAR.search(who) else frozenset(question_terms(who))


def reports_speaker(query_terms: QueryTerms, candidate: Candidate, who: frozenset[str]) -> bool:
    """Whether a candidate reports what somebody says.

    They are named outside of what the sentence quotes, or they are who speaks there.
    """
    body, sentence = candidate.hit.article.body, candidate.sentence
    speaker = speaker_of(body, sentence.start, sentence.end)
    own = query_terms.matched(terms(f"{QUOTED.sub(' ', sentence.text)} {speaker}"))
    return len(who & own) >= MOST_OF * len(who)
