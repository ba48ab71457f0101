"""Questions that a sheet leaves open, and how they are answered: by a person, or by a default that is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Question:
    """A question with numbered answers.

    Args:
        asks: The question, without any cell's content that could tell of a person.
        options: Answers.
        default: The one that is taken when nobody is asked, counted from 0.
        why: What is known about it.
    """

    asks: str
    options: tuple[str, ...]
    default: int = 0
    why: str = ""


Choose = Callable[[Question], int | None]  # None: nobody was asked


@dataclass
class Chooser:
    """Asks questions, and remembers what was chosen without evidence.

    Args:
        ask: Asks a person; None as an answer: nobody is there.
        unasked: What was chosen without evidence, as sentences.
    """

    ask: Choose
    unasked: list[str] = field(default_factory=list)

    def __call__(self, question: Question) -> tuple[int, bool]:
        """Return the answer, and whether a person gave it."""
        answer = self.ask(question)
        if answer is None:
            self.unasked.append(f"{question.asks} {question.options[question.default]} (chosen without evidence)")
            return question.default, False
        return answer, True
