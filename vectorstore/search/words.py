"""The words of an archive: how rare they are, how they are spelled, which stand side by side."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable

from vectorstore.errors import EmbeddingError, IndexDamaged
from vectorstore.index.analyzer import terms
from vectorstore.index.lexical import LexicalIndex
from vectorstore.index.vocabulary import Vocabulary
from vectorstore.models.embedder import Embedder

log = logging.getLogger(__name__)


class Words(ABC):
    """What an archive's lexical index says of words; little or nothing where it is damaged."""

    embedder: Embedder

    @abstractmethod
    def _ready(self) -> LexicalIndex:
        """The lexical index, of a node that follows its ledger, if that is on a server."""

    def rarity(self, terms: Iterable[str]) -> dict[str, float]:
        """How rare each analysed term is here: 0 in every passage, 1 in one or none."""
        try:
            return self._ready().rarity(terms)
        except IndexDamaged:
            log.exception("weighing all words alike; run `dateline rebuild`")
            return dict.fromkeys(terms, 1.0)

    def respelt(self, words: Iterable[str]) -> dict[str, str]:
        """Words that no text has and that are no common words, each with what it is most likely
        meant to be, in small letters as a text here has it; not those with nothing near."""
        asked = list(words)
        try:
            held = self._ready().with_any([terms(word) for word in asked])
            new = [w for w, has in zip(asked, held, strict=True) if not has]
            slips = [w for w in new if not self.embedder.knows(w)]
            known = self._ready().vocabulary()[1] if slips else Vocabulary({})
            near = {w: found for w in slips if (found := known.nearest(w))}
            live = self._ready().with_any([terms(found) for found in near.values()])
            return {w: near[w] for w, has in zip(near, live, strict=True) if has}
        except EmbeddingError:
            return {}  # without the model's words, a common one would look like a slip
        except IndexDamaged:
            log.exception("taking words as they are spelled; run `dateline rebuild`")
            return {}

    def vocabulary(self) -> Vocabulary:
        """The terms of the texts that have no digits, each with its number of passages; see
        `analyzer`. The same object until something is indexed."""
        try:
            return self._ready().vocabulary()[0]
        except IndexDamaged:
            log.exception("going without the words of the texts; run `dateline rebuild`")
            return Vocabulary({})

    def words(self) -> Vocabulary:
        """The words of the texts as they are spelled, in small letters and without accents,
        each with its number of passages; the terms where there is no list of words. The same
        object until something is indexed."""
        try:
            return self._ready().vocabulary()[1]
        except IndexDamaged:
            log.exception("going without the words of the texts; run `dateline rebuild`")
            return Vocabulary({})

    def have_phrase(self, texts: Iterable[str]) -> list[str]:
        """Those of several short texts whose words stand side by side in an article."""
        asked = [text for text in texts if terms(text)]
        try:
            found = self._ready().with_phrase([terms(text) for text in asked])
        except IndexDamaged:
            return []
        return [text for text, has in zip(asked, found, strict=True) if has]
