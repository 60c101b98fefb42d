"""Names of a claim that its evidence does not have.

Names are told by their capitals, so only in scripts that have them. A name at the start of a
sentence counts if another capital follows it, or if the cited article writes it with a capital
in the middle of a sentence. Aliases stand for one another (`lexicon/aliases.toml`), and so do a
country and its people ("Korea", "Korean": four letters in common).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatbot.language.aliases import alias_patterns, shares_prefix
from chatbot.language.dates import MONTHS, WEEKDAYS
from chatbot.verification.evidence import Evidence, normalized

WORD = re.compile(r"[^\W\d_][\w'’&.]*(?<!\.)|\b[A-Z]\.?")
STARTS = re.compile(r"(?:^|[.!?:;]\s+|[“”\"(*•\n-]\s*)$")
"""What stands before the first word of a sentence, a quotation or a list's item."""

NO_NAMES = (
    frozenset(
        "i the a an in on at of for and or but it its he she they this that these those as by from"
        " to with under after before while when if president minister secretary mr ms mrs dr"
        " section act no not yes also then there both all some according however meanwhile north"
        " south".split()
    )
    | frozenset(MONTHS)
    | frozenset(m[:3] for m in MONTHS)
    | frozenset(WEEKDAYS)
)


def missing_names(claim_text: str, evidence: Evidence, *, whole: bool = False) -> Iterator[str]:
    """The names of a claim that its evidence does not have, as the claim writes them.

    With `whole` they may stand anywhere in the cited articles: a speaker whom Dateline names
    before a quote is named further up.
    """
    if not any(_capital(m.group()) for m in WORD.finditer(claim_text)):
        return
    where = evidence.name_text
    have = {p for word in WORD.findall(where) for p in _parts(word)}
    capital = {p for word in WORD.findall(where) if word[0].isupper() for p in _parts(word)}
    rest = _unaliased(claim_text, where)
    for match in WORD.finditer(rest):
        word = match.group()
        missing = [p for p in _parts(word) if p not in have and p not in NO_NAMES]
        if not missing or not _capital(word) or any(shares_prefix(p, capital) for p in missing):
            continue
        if STARTS.search(rest[: match.start()]) and not _is_name(rest, match, evidence):
            continue
        if not (whole and any(word in c.article.body for c in evidence.citations)):
            yield word


def _capital(word: str) -> bool:
    return word[0].isupper() and normalized(word) not in NO_NAMES


def _unaliased(claim_text: str, where: str) -> str:
    """A claim with the names blanked that stand, in this or another form, in a text."""
    for group in alias_patterns():
        if any(p.search(claim_text) for p in group) and any(p.search(where) for p in group):
            for p in group:
                claim_text = p.sub(lambda m: " " * len(m.group()), claim_text)
    return claim_text


def _parts(word: str) -> list[str]:
    bare = re.sub(r"['’]s?$", "", word).replace(".", "").lower()
    return [p for p in re.split(r"[-&'’]", bare) if p]


def _is_name(text: str, match: re.Match[str], evidence: Evidence) -> bool:
    """Whether a word that begins a sentence is a name: another capital follows it, or the
    cited articles write it with a capital in the middle of a sentence."""
    following = WORD.match(text, match.end() + 1)
    if following is not None and following.group()[0].isupper():
        return True
    inside = re.compile(rf"(?<=[a-z,] ){re.escape(match.group())}\b")
    return any(inside.search(c.article.body) for c in evidence.citations)
