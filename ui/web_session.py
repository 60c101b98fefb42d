"""A reader's conversation in one tab: its turns, and which answer is being written."""

from __future__ import annotations

import threading
from dataclasses import replace

from ui.web_chat import Turn, finished
from ui.web_words import Words, words


class Session:
    """One browser tab's conversation.

    `run` numbers its answers; only the newest may write, so that one that was stopped, or
    overtaken by the next question, ends before its next part. `owner` and `kept` are whose
    it is and its id in the store, "" while it is in none; `replaced` are the ids of
    questions there that have been asked anew since.
    """

    def __init__(self) -> None:
        self.turns: tuple[Turn, ...] = ()
        self.words: Words = words("en")
        self.owner = ""
        self.kept = ""
        self.replaced: tuple[int, ...] = ()
        self.run = 0
        self.lock = threading.Lock()

    def __deepcopy__(self, _memo: object) -> Session:
        """Gradio copies the first one for each tab."""
        return Session()

    def begin(self, question: str, replaces: int = 0) -> int | None:
        """Adds a turn and returns its run's number; None if it is being answered already.

        `replaces` is the number of an earlier turn that it and all after it make way for.
        """
        with self.lock:
            last = self.turns[-1] if self.turns else None
            if last and last.progress == "asking" and last.question == question and not replaces:
                return None
            self._end()
            number = last.number + 1 if last else 1
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
                self.turns = (*self.turns[:-1], turn)
            return run == self.run

    def end(self, *, forget: bool = False) -> None:
        """Ends the running answer where it is, and with `forget` the conversation."""
        with self.lock:
            self._end()
            if forget:
                self.turns, self.kept, self.replaced = (), "", ()

    def show(self, turns: tuple[Turn, ...], kept: str) -> None:
        """Takes up a conversation that was kept."""
        with self.lock:
            self._end()
            self.turns = tuple(finished(turn, self.words) for turn in turns)
            self.kept, self.replaced = kept, ()

    def speak(self, chosen: Words) -> None:
        """Shows everything in another language of the interface from now on."""
        with self.lock:
            if chosen is not self.words:
                self.words = chosen
                self.turns = tuple(
                    finished(t, chosen) if t.progress != "asking" else t for t in self.turns
                )

    def _end(self) -> None:
        self.run += 1
        if self.turns and self.turns[-1].progress == "asking":
            last = replace(self.turns[-1], progress="stopped", note=self.words("stopped"))
            self.turns = (*self.turns[:-1], finished(last, self.words))
