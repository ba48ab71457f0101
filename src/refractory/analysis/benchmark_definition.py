"""How others fared, as a protocol names it."""

from __future__ import annotations

from difflib import get_close_matches

from pydantic import Field, model_validator

from refractory.definition import Definition
from refractory.records.from_benchmarks import read_benchmarks


class BenchmarkDefinition(Definition):
    """How others fared: a benchmark that ships with the program, or counts from elsewhere."""

    use: str | None = Field(None, description="Name of a benchmark that ships with the program.")
    name: str | None = Field(None, description="What it is called, where it does not ship.")
    events: int | None = Field(None, ge=0, description="Persons with the outcome.")
    among: int | None = Field(None, ge=1, description="Persons of whom it is known.")
    what: str = Field("", description="Who they were, what they were given, what was counted, after how long.")
    source: str = Field("", description="Where the counts come from.")
    treated: bool = Field(False, description="They had the studied treatment too.")

    @model_validator(mode="after")
    def _is_one_benchmark(self) -> BenchmarkDefinition:
        counts = (self.name, self.events, self.among)
        if self.use is not None:
            if any(one is not None for one in counts):
                raise ValueError("a benchmark that ships has its own name and counts: give `use` alone")
            if self.use not in read_benchmarks():
                known = list(read_benchmarks())
                near = get_close_matches(self.use, known, n=1, cutoff=0.4)
                hint = f' Did you mean "{near[0]}"?' if near else ""
                raise ValueError(f"no such benchmark ships.{hint} There are: {'; '.join(known)}")
        elif any(one is None for one in counts):
            raise ValueError("a benchmark names use, or name, events and among")
        elif (self.events or 0) > (self.among or 0):
            raise ValueError("there are more events than persons")
        return self

    @property
    def title(self) -> str:
        """What it is called."""
        return self.use or self.name or ""

    @property
    def counts(self) -> tuple[int, int]:
        """Persons with the outcome, and persons of whom it is known."""
        if self.use is not None:
            listed = read_benchmarks()[self.use]
            return listed.events, listed.among
        return self.events or 0, self.among or 1

    @property
    def is_treated(self) -> bool:
        """True when they had the studied treatment too."""
        return read_benchmarks()[self.use].is_treated if self.use is not None else self.treated

    @property
    def told(self) -> str:
        """Who they were, what was counted, and from where."""
        if self.use is None:
            return "; ".join(part for part in (self.what, self.source) if part)
        listed = read_benchmarks()[self.use]
        return (
            f"{listed.population}; {listed.treatment}; {listed.outcome}; {listed.follow_up}; {listed.source} "
            f"(confidence {listed.confidence})"
        )

    @property
    def counted(self) -> str:
        """What was counted there, and after how long, as far as it is told."""
        if self.use is None:
            return self.what
        listed = read_benchmarks()[self.use]
        return f"{listed.outcome}; {listed.follow_up}"

    def describe(self) -> str:
        """Say the benchmark as a sentence of a methods section."""
        events, among = self.counts
        told = f" ({self.told})" if self.told else ""
        return f"The response is set beside {self.title}, {events} of {among}{told}."
