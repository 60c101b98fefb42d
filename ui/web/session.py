"""A reader's conversation in one tab: its turns, and which answer is being written."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from ui.web.transcript import cards_html, finished, turns_html
from ui.web.turns import Turn
from ui.wording.text import esc
from ui.wording.words import Words, words


class Session:
    """One browser tab's conversation.

    `run` numbers its answers; only the newest may write, so that one that was stopped, or
    overtaken by the next question, ends before its next part. `owner` and `kept` are whose
    it is and its id in the store, "" while it is in none; `replaced` are the ids of
    questions there that have been asked anew since.

    `version` counts what has changed, from the time of day in ms, so that a page that outlives
    a restart of the server takes the next one for newer; `talk` is the version that this
    conversation began with, and `since` the number of the first turn that the page is sent.
    """

    def __init__(self) -> None:
        self.turns: tuple[Turn, ...] = ()
        self.words: Words = words("en")
        self.owner = ""
        self.kept = ""
        self.replaced: tuple[int, ...] = ()
        self.run = 0
        self.version = self.talk = time.time_ns() // 1_000_000
        self.since = 0
        self.lock = threading.Lock()

    def __deepcopy__(self, _memo: object) -> Session:
        """Gradio copies the first one for each tab."""
        return Session()

    def html(self) -> str:
        """What the page is sent of the conversation, for dateline-turns.js to put in place.

        All that has changed since the answer was asked for, not only since the last part: of
        values that come quickly, or late, a page may see the last one alone. Gradio compares
        new HTML with what is there, but does not look into a `<template>`; within an element
        of a name of its own it is a new one.
        """
        with self.lock:
            name, since, turns, w = f"dl-v{self.version}", self.since, self.turns, self.words
            marks = (
                f'data-version="{self.version}" data-talk="{self.talk}" data-from="{since}" '
                f'data-kept="{esc(self.kept)}"'
            )
        turns = tuple(t for t in turns if t.number >= since)
        return (
            f"<{name}><template {marks}><div>{turns_html(turns, w)}</div>"
            f"<div>{cards_html(turns, w)}</div></template></{name}>"
        )

    def begin(self, question: str, replaces: int = 0, seen: object = None) -> int | None:
        """Adds a turn and returns its run's number; None if it is being answered already.

        `replaces` is the number of an earlier turn that it and all after it make way for;
        `seen` is the version that the page shows: unless it is the newest, the page is sent
        every turn again.
        """
        with self.lock:
            last = self.turns[-1] if self.turns else None
            if last and last.progress == "asking" and last.question == question and not replaces:
                return None
            number = last.number + 1 if last else 1
            since, current = replaces or number, seen == self.version
            if isinstance(seen, int):  # of another node, whose clock may be ahead
                self.version = max(self.version, seen)
            if last and last.progress == "asking":  # it is stopped here
                since = min(since, last.number)
            self._end()
            self.since = since if current else 0
            kept = tuple(t for t in self.turns if not replaces or t.number < replaces)
            gone = [t.asked for t in self.turns[len(kept) :] if t.asked]
            self.replaced = (*self.replaced, *gone)
            self.turns = (*kept, Turn(number=number, question=question))
            return self.run

    def update(self, turn: Turn, run: int) -> bool:
        """Puts a turn in place of the last one; False if the run is over."""
        turn = turn if turn.progress == "asking" else finished(turn, self.words)
        with self.lock:
            if run == self.run:
                self.version += 1
                self.turns = (*self.turns[:-1], turn)
            return run == self.run

    def newest(self) -> int:
        """The id in the store of the last message that is kept; 0 if none is."""
        with self.lock:
            return max((max(t.asked, t.message) for t in self.turns), default=0)

    def end(self, *, forget: bool = False) -> None:
        """Ends the running answer where it is, and with `forget` the conversation."""
        with self.lock:
            self._end()
            if forget:
                self.turns, self.kept, self.replaced = (), "", ()
                self.talk = self.version

    def show(self, turns: tuple[Turn, ...], kept: str) -> None:
        """Takes up a conversation that was kept."""
        with self.lock:
            self._end()
            self.turns = tuple(finished(turn, self.words) for turn in turns)
            self.kept, self.replaced = kept, ()
            self.talk = self.version

    def set_language(self, chosen: Words) -> None:
        """Shows everything in another language of the interface from now on."""
        with self.lock:
            self.version += 1
            self.since = 0
            if chosen is not self.words:
                self.words = chosen
                self.turns = tuple(
                    finished(t, chosen) if t.progress != "asking" else t for t in self.turns
                )

    def _end(self) -> None:
        self.run += 1
        self.version += 1
        self.since = 0
        if self.turns and self.turns[-1].progress == "asking":
            last = replace(self.turns[-1], progress="stopped", note=self.words("stopped"))
            self.turns = (*self.turns[:-1], finished(last, self.words))
