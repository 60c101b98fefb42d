"""The terms of a query, weighted by rarity, with its names and amounts, to match texts against.

`QueryTerms` says how much of a query a set of terms covers; rarity is a term's inverse document
frequency in the archive, from 0 to 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set

from chatbot.language.aliases import Terms, alias_terms
from chatbot.language.quantities import quantities
from chatbot.language.synonyms import synonym_terms
from chatbot.understanding.temporal_intent import without_dates
from chatbot.values import Query
from vectorstore import Archive, question_terms

NAMES = re.compile(r"[A-Z][\w'’&.-]*(?<![.'’])(?: (?:of |the )?[A-Z][\w'’&.-]*(?<![.'’]))*")

CARRIED_VALUE = 0.4
"""What a term counts that a question has from an earlier turn, against its own words."""

SYNONYM_MARK = "~"
SYNONYM_VALUE = 0.6
"""What a word of like meaning (thesaurus.tsv) counts, against the question's own; its term is
marked in a set by SYNONYM_MARK before it."""

SEARCHED_NUMBER = 100
"""A plain number from which it is looked for in a sentence; "which two" only counts."""

Name = tuple[Terms, tuple[Terms, ...]]
"""The terms of a name, and those of other names of the same thing."""


class QueryTerms:
    """The weighted terms of a query, to measure sets of terms against.

    The terms of time are left out, as the query's periods hold those. Sets of terms must first be
    passed through `matched`. Where a query has several wordings, the best one counts.
    """

    def __init__(self, archive: Archive, query: Query) -> None:
        self.query = query
        texts = [without_dates(text, query.today) for text in dict.fromkeys(query.readings)]
        rarity = archive.rarity({t for text in texts for t in question_terms(text)})
        carried = frozenset(question_terms(" ".join(query.carried)))
        self.wordings = [w for text in texts if (w := _weights(text, rarity, carried))]
        self.names = [n for text in texts if (n := _names_in(text))]
        self.amounts = [
            q for q in quantities(query.text) if q.unit or q.values[0] >= SEARCHED_NUMBER
        ]
        self.aliases = alias_terms(" ".join(texts))
        self.synonyms = {t: words for text in texts for t, words in synonym_terms(text).items()}

    def matched(self, present: Iterable[str]) -> Terms:
        """The terms of a text, with the query's own terms where the text has an alias of theirs.

        A query's term of which the text has only a synonym is added with SYNONYM_MARK before it.
        """
        have = frozenset(present)
        for own, others in self.aliases:
            if not own <= have and any(other <= have for other in others):
                have |= own
        said = (t for t, words in self.synonyms.items() if t not in have)
        return have | {
            SYNONYM_MARK + t for t in said if any(word <= have for word in self.synonyms[t])
        }

    def coverage(self, have: Set[str], ignored: Set[str] = frozenset()) -> float:
        """The share of the query's terms that are in a set, weighted by rarity, from 0 to 1.

        Terms in `ignored` are not counted.
        """
        rest = ({t: r for t, r in w.items() if t not in ignored} for w in self.wordings)
        return max((_coverage(w, have) for w in rest), default=0.0)

    def matched_rarity(self, have: Set[str]) -> float:
        """The summed rarity of the query's terms that are in a set."""
        return max((_matched_weight(w, have) for w in self.wordings), default=0.0)

    def rarest_missing(self, have: Set[str]) -> float:
        """The rarity of the rarest term of the query that is not in a set; 0 if none is missing."""
        return min(
            (max((r for t, r in w.items() if t not in have), default=0.0) for w in self.wordings),
            default=0.0,
        )

    def name_coverage(self, have: Set[str]) -> float:
        """The share of the query's names that are in a set, in any alias; 1 if it has no names."""
        return max(
            (sum(_name_match(n, have) for n in one) / len(one) for one in self.names), default=1.0
        )

    def matches_subject(self, have: Set[str]) -> bool:
        """Whether a set has any term of the query's names; of all terms if it has no names."""
        name_terms = {t for one in self.names for own, _ in one for t in own}
        return bool((name_terms or {t for w in self.wordings for t in w}) & have)

    def quantity_coverage(self, text: str) -> float:
        """The share of the query's amounts that a text has; 1 if the query has none."""
        if not self.amounts:
            return 1.0
        found = quantities(text)
        return sum(any(a.agrees(h) for h in found) for a in self.amounts) / len(self.amounts)


def _weights(text: str, rarity: Mapping[str, float], carried: Set[str]) -> dict[str, float]:
    return {
        t: rarity.get(t, 1.0) * (CARRIED_VALUE if t in carried else 1.0)
        for t in question_terms(text)
    }


def _coverage(weights: Mapping[str, float], have: Set[str]) -> float:
    total = sum(weights.values())
    return _matched_weight(weights, have) / total if total else 0.0


def _matched_weight(weights: Mapping[str, float], have: Set[str]) -> float:
    """What the terms that are there are worth, less for those in words of like meaning."""
    own = sum(r for t, r in weights.items() if t in have)
    return own + SYNONYM_VALUE * sum(r for t, r in weights.items() if SYNONYM_MARK + t in have)


def _names_in(text: str) -> Sequence[Name]:
    """A question's names, each a run of words with capitals; its first word is no name."""
    first, _, rest = text.partition(" ")
    runs = [m.group() for m in NAMES.finditer(rest)] if first else []
    names = []
    for name in runs:
        own = frozenset(question_terms(name))
        others = tuple(o for same, more in alias_terms(name) if same == own for o in more)
        if own:
            names.append((own, others))
    return names


def _name_match(name: Name, have: Set[str]) -> float:
    """How far a name is there: 1 in any of its forms, else the share of its words."""
    own, others = name
    return 1.0 if any(o <= have for o in others) else len(own & have) / len(own)
