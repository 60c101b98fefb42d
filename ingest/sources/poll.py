"""A poll of a source: what it announces, asked with the memory of the runs before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.fetch import Client, Reply
from ingest.sandbox import Sandbox
from ingest.sources.counting import Counting
from ingest.sources.declared import Source
from ingest.sources.items import Entry
from vectorstore import DatelineError

KEPT = 1_000
"""Validators and ids kept of one source: an index may name 50,000 sitemaps; few change."""


class SourceFailed(DatelineError):
    """A source as a whole gave nothing: what it said, or why it could not be asked."""


@dataclass(slots=True, kw_only=True)
class Poll:
    """One poll of a source, which asks it what it announces. Used by one thread.

    `state` is the source's own memory between runs (validators, moved URLs, when it asked
    to be left alone). `complete` turns false when something has to be looked for again:
    then the validators are not kept, so that the next run sees everything once more.
    `nameless` counts the entries without an address, which cannot become articles; `pending`
    are read from what the source says, and not looked at yet.
    """

    source: Source
    client: Client
    sandbox: Sandbox
    now: datetime
    state: dict[str, Any] = field(default_factory=dict)
    complete: bool = True
    nameless: int = 0
    pending: int = 0
    counting: Counting = field(default_factory=Counting)
    _validators: dict[str, dict[str, str]] = field(default_factory=dict)

    def ask(self, url: str) -> Reply | None:
        """A feed, sitemap or list page of this source; None if it has not changed.

        Raises SourceFailed if it answers with an error, FetchError if it does not answer.
        """
        now_at = self.state.get("moved", {}).get(url, url)
        kept = self.state.get("validators", {}).get(url, {})
        reply = self.client.get(
            now_at, etag=kept.get("etag", ""), last_modified=kept.get("last_modified", "")
        )
        if reply.status not in {200, 304}:
            raise SourceFailed(f"{now_at} answers {reply.status}")
        if reply.permanent_url != now_at:
            self.state.setdefault("moved", {})[url] = reply.permanent_url
        if reply.status == 304:
            self._validators[url] = kept
            return None
        self._validators[url] = {"etag": reply.etag, "last_modified": reply.last_modified}
        return reply

    def each(self, found: Sequence[Entry]) -> Iterator[Entry]:
        """The entries of one feed, sitemap or list, one after the other."""
        self.counting.announce([entry.url for entry in found])
        self.pending += len(found)
        for entry in found:
            self.pending -= 1
            yield entry

    @property
    def left_out(self) -> str:
        """What the source announced and nobody could cite, "" if nothing."""
        many = "1 entry has" if self.nameless == 1 else f"{self.nameless:,} entries have"
        return f"{many} no address and cannot be cited: left out" if self.nameless else ""

    def finish(self) -> dict[str, Any]:
        """The state to keep: validators only where nothing has to be looked for again."""
        kept = self.state.get("validators", {}) | self._validators if self.complete else {}
        named = [(url, v) for url, v in kept.items() if any(v.values())][-KEPT:]
        state = self.state | {"validators": dict(named)}
        if guids := self.state.get("guids"):
            state["guids"] = dict(list(guids.items())[-KEPT:])
        return state

    def moved_on(self, before: dict[str, Any]) -> dict[str, Any] | None:
        """The state to keep after a run that was cut short: the one before, with where the
        source's URLs have moved since. None if they have not."""
        moved = self.state.get("moved", {})
        return None if moved == before.get("moved", {}) else before | {"moved": moved}

    def admits(self, url: str) -> bool:
        """Whether the declaration's `include` and `exclude` let an article URL through."""
        include, exclude = self.source.include, self.source.exclude
        if include and not re.search(include, url):
            return False
        return not (exclude and re.search(exclude, url))
