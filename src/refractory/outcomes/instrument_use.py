"""How a study uses an instrument: which one, which total, and how the source writes its items."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from refractory.dates import Days, say_days
from refractory.definition import FOLDER, Definition
from refractory.errors import RefractoryError
from refractory.outcomes.instruments.declared import Instrument
from refractory.records.concept_set_definitions import ConceptSetDefinition

if TYPE_CHECKING:
    from refractory.outcomes.instruments.tis_points import Kind

_KEY = "*"
_KINDS: dict[str, Kind] = {"tis-adult": "adult", "tis-juvenile": "juvenile"}


class InstrumentDefinition(Definition):
    """An instrument of a study. Its name is what the rules of the study call the score."""

    use: str = Field(description='An instrument that ships ("cdasi", "tis-juvenile"), or a TOML file beside the study.')
    total: str | None = Field(None, description="The total that is meant, where the instrument has several.")
    items: str | None = Field(
        None, description='How the source writes an item, * standing for its key: "cdasi_*" for cdasi_scalp_erythema.'
    )
    item: Mapping[str, str] = Field({}, description="Concept sets of items that are written otherwise, by item key.")
    recorded: str | None = Field(
        None, description="Concept set of totals that somebody wrote down; taken where the items do not give one."
    )
    unrecorded: Literal["missing", "least"] = Field(
        "missing", description="What an item that a visit does not record means: it is missing, or at its least."
    )
    measures: Mapping[str, str] = Field(
        {}, description="For an instrument of change: the concept set of each core measure."
    )
    ranges: Mapping[str, float] = Field({}, description="Range of a core measure, where it is not the usual one.")
    visit: Days = Field(14, description="Core measures at most this far apart are of one visit.")

    _instrument: Instrument | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _can_be_read(self) -> InstrumentDefinition:
        if self.items is not None and self.items.count(_KEY) != 1:
            raise ValueError('items says how the source writes an item, with one * for its key, such as "cdasi_*"')
        if not (self.items or self.item or self.recorded or self.measures):
            raise ValueError("an instrument needs items, item, recorded or measures: where its numbers come from")
        if self.measures and (self.items or self.item or self.recorded):
            raise ValueError("measures are of an instrument of change, which has no items and no recorded totals")
        return self

    @model_validator(mode="after")
    def _finds_its_instrument(self, context: ValidationInfo) -> InstrumentDefinition:
        if self.is_of_change:
            self._check_measures()
            return self
        if self.measures:
            raise ValueError(f"measures are of an instrument of change ({', '.join(_KINDS)}), and {self.use} is none")
        from refractory.outcomes.instruments.library import find_instrument

        folder = (context.context or {}).get(FOLDER)
        is_file = self.use.endswith((".toml", ".py"))
        try:
            self._instrument = find_instrument(str(folder / self.use) if is_file and folder else self.use)
        except RefractoryError as error:
            raise ValueError(str(error)) from None
        totals = [total.key for total in self._instrument.totals]
        if self.total is not None and self.total not in totals:
            raise ValueError(f"{self.use} has no total {self.total!r}; it has {', '.join(totals)}")
        unknown = [key for key in self.item if key not in self._instrument.item_keys]
        if unknown:
            raise ValueError(f"{self.use} has no item {unknown[0]!r}")
        return self

    def _check_measures(self) -> None:
        from refractory.outcomes.instruments.tis_points import COMPONENTS

        known = [key for one in COMPONENTS[self.kind_of_change] for several in one.measures for key in several]
        unknown = [key for key in (*self.measures, *self.ranges) if key not in known]
        if unknown or not self.measures:
            said = f"has no measure {unknown[0]!r}" if unknown else "needs measures"
            raise ValueError(f"{self.use} {said}; its measures are {', '.join(known)}")

    @property
    def is_of_change(self) -> bool:
        """True for an instrument that scores a change from baseline, and not a state."""
        return self.use in _KINDS

    @property
    def kind_of_change(self) -> Kind:
        """Whether a Total Improvement Score is that of adults or of children."""
        return _KINDS[self.use]

    @property
    def enzymes(self) -> tuple[str, ...]:
        """The measures that are enzymes, whose upper limit of normal counts."""
        from refractory.outcomes.instruments.tis_points import ENZYMES

        return tuple(measure for measure in self.measures if measure in ENZYMES)

    @property
    def instrument(self) -> Instrument:
        """The instrument itself; not of an instrument of change."""
        assert self._instrument is not None
        return self._instrument

    @property
    def content(self) -> str:
        """Everything that the instrument is, in one text: what a fingerprint of the study must hold."""
        return repr(self._instrument)

    @property
    def title(self) -> str:
        """What the score is, in words."""
        if self.is_of_change:
            return f"ACR/EULAR 2016 Total Improvement Score ({self.kind_of_change})"
        total = self.instrument.total(self.total_key)
        return f"{total.name.lower()} of the {self.instrument.name}, version {self.instrument.version}"

    @property
    def total_key(self) -> str:
        """The total that is meant: the one that the study names, else the first."""
        return self.total or self.instrument.totals[0].key

    @property
    def minimal_important_change(self) -> float | None:
        """The minimal important change of the total, in points; None where none is declared."""
        return None if self.is_of_change else self.instrument.total(self.total_key).minimal_important_change

    @property
    def category_limits(self) -> tuple[tuple[str, float], ...]:
        """The categories of an instrument of change with the least score of each, the highest first."""
        if not self.is_of_change:
            return ()
        from refractory.outcomes.instruments.tis_points import CATEGORIES

        return CATEGORIES[self.kind_of_change]

    @property
    def categories(self) -> tuple[str, ...]:
        """Names of the categories of the score, the highest first."""
        return tuple(name for name, _ in self.category_limits)

    def name_item_sets(self, name: str) -> dict[str, str]:
        """Name the concept set of each item of the total: the study's own where it names one, else one by the pattern.

        Returns:
            Names of concept sets by item key; an item that the study says nothing of is absent.
        """
        if self.is_of_change:
            return {}
        keys = self.instrument.total(self.total_key).item_keys
        named = {key: name_item_set(name, key) for key in keys} if self.items else {}
        return named | {key: source for key, source in self.item.items() if key in keys}

    def name_sources(self, name: str) -> tuple[str, ...]:
        """Name all concept sets that the score is read from."""
        if self.measures:
            return tuple(self.measures.values())
        return (*self.name_item_sets(name).values(), *([self.recorded] if self.recorded else []))

    def build_item_sets(self, name: str) -> dict[str, ConceptSetDefinition]:
        """Build a concept set for each item that the source writes by a pattern."""
        return {
            own: _build_item_set(self.spell_item(key))
            for key, own in self.name_item_sets(name).items()
            if key not in self.item
        }

    def spell_item(self, key: str) -> str:
        """Spell an item as the source writes it."""
        return (self.items or _KEY).replace(_KEY, key)

    def describe(self, name: str) -> str:
        """Say where the numbers come from, as a sentence."""
        if self.measures:
            said = ", ".join(f"{measure.replace('_', ' ')} ({source})" for measure, source in self.measures.items())
            return (
                f"{name} is the {self.title}, from {said}; measures at most {say_days(self.visit)} apart are of one "
                "visit, and where one is missing the lowest and the highest score that it allows decide."
            )
        ways = []
        if self.items or self.item:
            ways.append("worked out from its items")
        if self.recorded:
            ways.append(f"as recorded ({self.recorded})" + (" where the items do not give it" if ways else ""))
        return (
            f"{name} is the {self.title}, {', or '.join(ways)}. Totals that were worked out and totals that were "
            f"written down are kept apart.{self._describe_change()}"
        )

    def _describe_change(self) -> str:
        changes = self.instrument.total(self.total_key).important_changes
        if not changes:
            return ""
        return f" Its minimal important change is {changes[0].points:g} points ({changes[0].source})."


@lru_cache(maxsize=4096)
def _build_item_set(source: str) -> ConceptSetDefinition:
    """Build the concept set of one source text, once for all protocols of a process: it is frozen."""
    return ConceptSetDefinition(source=(source,))


def name_item_set(instrument: str, item: str) -> str:
    """Name the concept set of an item that the study names by a pattern.

    Example:
        >>> name_item_set("CDASI activity", "scalp_scale")
        'CDASI activity: scalp_scale'
    """
    return f"{instrument}: {item}"
