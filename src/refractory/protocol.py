"""A study as one file: TOML to a frozen Protocol, with every mistake named by line, key and nearest name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from refractory.analysis.benchmark_definition import BenchmarkDefinition
from refractory.analysis.multiverse_definition import MultiverseDefinition
from refractory.analysis.plan import AnalysisDefinition, PublishedFigure
from refractory.analysis.report_definition import ReportDefinition
from refractory.cohort.build import CohortDefinition
from refractory.cohort.criteria import Leaves
from refractory.cohort.eligibility import EligibilityDefinition, ExclusionDefinition
from refractory.cohort.refractory import RefractoryDefinition
from refractory.cohort.strata import FeatureDefinition, GroupDefinition, StratumDefinition
from refractory.cohort.time_zero import DiseaseDefinition
from refractory.definition import FOLDER, Definition
from refractory.dials import Raw, find_dial_mistakes
from refractory.errors import ProtocolError
from refractory.exposures.line_definition import LineDefinition
from refractory.exposures.treatment import TreatmentDefinition
from refractory.outcomes.assess import OutcomeDefinition
from refractory.outcomes.covariates import CovariateDefinition
from refractory.outcomes.explanations_definition import ExplanationsDefinition
from refractory.outcomes.follow_up_definition import FollowUpDefinition
from refractory.outcomes.instrument_use import InstrumentDefinition
from refractory.outcomes.response import ResponseDefinition
from refractory.outcomes.safety_definition import SafetyDefinition
from refractory.outcomes.scores import InstrumentUse, find_direction
from refractory.outcomes.sparing import SparingDefinition
from refractory.protocol_mistakes import (
    Mistake,
    build_fault,
    explain_mistake,
    find_wrong_names,
    own_path,
    parse_toml,
    say_nearest,
)
from refractory.records.concept_sets import ConceptSetDefinition, expand_members
from refractory.toml_lines import Path as KeyPath

WEIGHT_UNIT = "kg"


class StudyDefinition(Definition):
    """What the study is called and asks."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="Short name: lower-case letters, digits, hyphens.")
    title: str = Field(min_length=1, description="Title of the report.")
    question: str = Field("", description="The question in one sentence.")
    citation: str = Field("", description="The published study that is reproduced.")


class Protocol(Definition):
    """Everything that is chosen in a study."""

    study: StudyDefinition
    concepts: Mapping[str, ConceptSetDefinition] = Field(description="Named sets of codes.")
    disease: DiseaseDefinition
    treatment: TreatmentDefinition
    eligibility: EligibilityDefinition = EligibilityDefinition()
    refractory: RefractoryDefinition | None = None
    exclude: tuple[ExclusionDefinition, ...] = ()
    feature: tuple[FeatureDefinition, ...] = ()
    stratum: tuple[StratumDefinition, ...] = ()
    subtype: tuple[GroupDefinition, ...] = ()
    covariate: tuple[CovariateDefinition, ...] = ()
    instrument: Mapping[str, InstrumentDefinition] = Field({}, description="Instruments by the name of their score.")
    response: ResponseDefinition
    follow_up: FollowUpDefinition = FollowUpDefinition()
    sparing: SparingDefinition | None = None
    lines: LineDefinition | None = None
    safety: SafetyDefinition | None = None
    benchmark: tuple[BenchmarkDefinition, ...] = ()
    explanations: ExplanationsDefinition = ExplanationsDefinition()
    analysis: AnalysisDefinition = AnalysisDefinition()
    report: ReportDefinition = ReportDefinition()
    published: tuple[PublishedFigure, ...] = ()
    dials: Mapping[str, tuple[Any, ...]] = Field({}, description="Alternatives of a key by its path.")
    multiverse: MultiverseDefinition = MultiverseDefinition()

    @cached_property
    def concept_sets(self) -> dict[str, ConceptSetDefinition]:
        """The concept sets that the study names, and one for each item of its instruments."""
        named = dict(self.concepts)
        for name, definition in self.instrument.items():
            named |= definition.build_item_sets(name)
        return named

    @cached_property
    def item_sets(self) -> dict[str, str]:
        """The instrument of each concept set that stands for an item by its pattern."""
        return {own: name for name, one in self.instrument.items() for own in one.build_item_sets(name)}

    @cached_property
    def leaves(self) -> Leaves:
        """The leaf concept sets of each concept set."""
        return expand_members(self.concept_sets)

    @property
    def score_sets(self) -> tuple[str, ...]:
        """Leaf concept sets whose values are scores, or items of scores."""
        named = [rule.score for rule in self.response.rules] + [self.follow_up.score]
        named += [self.refractory.active.score] if self.refractory and self.refractory.active else []
        named += [source for name, one in self.instrument.items() for source in one.name_sources(name)]
        leaves = self.leaves
        return tuple(leaf for name in named if name and name not in self.instrument for leaf in leaves[name])

    @property
    def drug_sets(self) -> tuple[str, ...]:
        """Leaf concept sets that are drugs: the treatment, what came before it, what could be lowered."""
        named = [self.treatment.concept]
        named += [self.refractory.among] if self.refractory else []
        named += [self.lines.among] if self.lines else []
        named += [self.explanations.among] if self.explanations.among else []
        if self.sparing:
            named += [self.sparing.glucocorticoid]
            named += [self.sparing.steroid_sparing] if self.sparing.steroid_sparing else []
        leaves = self.leaves
        return tuple(sorted({leaf for name in named for leaf in leaves[name]}))

    @property
    def measurement_units(self) -> dict[str, str | None]:
        """The unit that each measured leaf concept set is wanted in; None: as it is recorded."""
        leaves = self.leaves
        units: dict[str, str | None] = dict.fromkeys(self.score_sets)
        weights = [self.treatment.cycle.weight if self.treatment.cycle else None]
        weights += [self.refractory.weight if self.refractory else None]
        for weight in weights:
            units |= dict.fromkeys(leaves[weight], WEIGHT_UNIT) if weight else {}
        for covariate in self.covariate:
            units |= dict.fromkeys(leaves[covariate.concept], covariate.unit) if covariate.concept else {}
        return units

    @property
    def cohort_definition(self) -> CohortDefinition:
        """The part that decides who is in the cohort."""
        return CohortDefinition(
            treatment=self.treatment,
            disease=self.disease,
            eligibility=self.eligibility,
            refractory=self.refractory,
            exclusions=self.exclude,
            features=self.feature,
            strata=self.stratum,
            subtypes=self.subtype,
        )

    @property
    def outcome_definition(self) -> OutcomeDefinition:
        """The part that is looked at after day 0."""
        return OutcomeDefinition(
            treatment=self.treatment,
            response=self.response,
            sparing=self.sparing,
            covariates=self.covariate,
            lines=self.lines,
            safety=self.safety,
            instruments={name: InstrumentUse(name, one) for name, one in self.instrument.items()},
            follow_up=self.follow_up,
        )

    @property
    def hash(self) -> str:
        """A fingerprint of everything that is chosen, the same for the same choices however they are written.

        Dials are not part of it: they say what could have been chosen, and move no number of the study itself.
        """
        chosen = self.model_dump_json(exclude={"dials", "multiverse"}) + "".join(
            one.content for one in self.instrument.values()
        )
        return hashlib.sha256(chosen.encode()).hexdigest()[:16]


def parse_protocol(text: str, file: str = "protocol.toml", folder: Path | None = None) -> Protocol:
    """Read the text of a protocol file.

    Args:
        text: TOML.
        file: Name of the file, for messages.
        folder: Where the file lies, and the instruments that it names as files; None where it lies nowhere.

    Returns:
        The protocol.

    Raises:
        ProtocolError: Names every mistake of the file at once: line, key, what is allowed, nearest name.
    """
    remedy = 'strings stand in quotes, lists in [ ], and a name with blanks in quotes: [concepts."my drug"].'
    raw = parse_toml(text, file, ProtocolError, remedy)
    protocol, mistakes = read_raw_protocol(raw, folder)
    if protocol is not None and not mistakes and protocol.dials:
        mistakes += find_dial_mistakes(raw, Protocol, lambda changed: read_raw_protocol(changed, folder)[1])
    if mistakes or protocol is None:
        remedy = "`refractory schema` prints every key that is allowed."
        raise build_fault(mistakes, text, file, ProtocolError, remedy)
    expand_members(protocol.concept_sets)
    return protocol


def read_raw_protocol(raw: Raw, folder: Path | None) -> tuple[Protocol | None, list[Mistake]]:
    """Read the values of a protocol file.

    Args:
        raw: The values by their keys.
        folder: Where the file lies, and the instruments that it names as files; None where it lies nowhere.

    Returns:
        The protocol, None where the model refuses it; and every mistake but those of its dials.
    """
    mistakes: list[Mistake] = []
    protocol = None
    try:
        protocol = Protocol.model_validate(raw, context={FOLDER: folder})
    except ValidationError as error:
        mistakes += [(own_path(found["loc"]), explain_mistake(found, Protocol)) for found in error.errors()]
    mistakes += find_wrong_names(raw)
    if protocol is not None and not mistakes:
        mistakes += _look_ahead(protocol)
    return protocol, mistakes


def _look_ahead(protocol: Protocol) -> Iterator[tuple[KeyPath, str]]:
    """Find windows that would let the future decide who is in the cohort, and other choices that cannot be."""
    said = "days after day 0 cannot decide who is in the cohort; the window ends on day 0 or before."
    criteria: list[tuple[KeyPath, Any]] = [(("exclude", number), one) for number, one in enumerate(protocol.exclude)]
    for number, feature in enumerate(protocol.feature):
        for side in ("any", "none"):
            criteria += [(("feature", number, side, place), one) for place, one in enumerate(getattr(feature, side))]
    for path, criterion in criteria:
        is_open = criterion.window.last_day is None or criterion.window.last_day > 0
        if criterion.anchor == "day 0" and is_open:
            yield (*path, "window"), said
    if protocol.refractory and protocol.refractory.active:
        for key in ("window", "score_window"):
            window = getattr(protocol.refractory.active, key)
            if window.last_day is None or window.last_day > 0:
                yield ("refractory", "active", key), said
    if protocol.refractory:
        among = protocol.refractory.among
        drugs = [*protocol.leaves[among], "*"]
        yield from _find_foreign_drugs(("refractory", "adequate"), protocol.refractory.adequate, among, drugs)
    if protocol.lines:
        among = protocol.lines.among
        drugs = list(protocol.leaves[among])
        yield from _find_foreign_drugs(("lines", "covers"), protocol.lines.covers, among, drugs)
    yield from _look_at_scores(protocol)
    if protocol.analysis.compare and len(protocol.analysis.compare) != 2:
        yield ("analysis", "compare"), f"two strata are compared, not {len(protocol.analysis.compare)}."


def _look_at_scores(protocol: Protocol) -> Iterator[tuple[KeyPath, str]]:
    """Find rules that ask of a score what it does not have."""
    for name in protocol.instrument:
        if name in protocol.concepts:
            yield ("instrument", name), f'a concept set is called "{name}" too; a score has a name of its own.'
    states = [name for name, one in protocol.instrument.items() if not one.is_of_change]
    named: list[tuple[KeyPath, str | None]] = [(("follow_up", "score"), protocol.follow_up.score)]
    named += [(("covariate", number, "score"), one.score) for number, one in enumerate(protocol.covariate)]
    for path, score in named:
        if score in protocol.instrument and score not in states:
            yield path, f"{score} is of no single day: it compares two; name a score of a state."
    own = protocol.follow_up.score if protocol.follow_up.score in states else None
    if own and protocol.follow_up.higher_is not in (None, find_direction(own, protocol.outcome_definition.instruments)):
        yield ("follow_up", "higher_is"), f"the instrument of {own} says the contrary; leave the key out."
    paths: list[KeyPath] = [("response", "primary")]
    paths += [("response", "supporting", number) for number in range(len(protocol.response.supporting))]
    for path, rule in zip(paths, protocol.response.rules, strict=True):
        use = protocol.instrument.get(rule.score or "")
        for key in ("fall", "rise"):
            change = getattr(rule, key)
            if change and change.amount is None and (use is None or use.minimal_important_change is None):
                yield (*path, key), f"no minimal important change of {rule.score} is declared; say how many points."
        categories = use.categories if use else ()
        if rule.category and rule.category not in categories:
            said = f"it has {', '.join(categories)}." if categories else "it has no categories."
            yield (*path, "category"), f'{rule.score} has no category "{rule.category}"; {said}'


def _find_foreign_drugs(
    table: KeyPath, named: Iterable[str], among: str, drugs: list[str]
) -> Iterator[tuple[KeyPath, str]]:
    """Find the drugs of a table of drugs that are no member of the set that it speaks of."""
    for drug in named:
        if drug not in drugs:
            yield (*table, drug), f'"{drug}" is no member of {among}.{say_nearest(drug, drugs)}'
