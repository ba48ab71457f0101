"""A study as one file: TOML to a frozen Protocol, with every mistake named by line, key and nearest name."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, Field, ValidationError

from refractory.analysis.plan import AnalysisDefinition, PublishedFigure
from refractory.cohort.build import CohortDefinition
from refractory.cohort.criteria import Leaves
from refractory.cohort.eligibility import EligibilityDefinition, ExclusionDefinition
from refractory.cohort.refractory import RefractoryDefinition
from refractory.cohort.strata import FeatureDefinition, GroupDefinition, StratumDefinition
from refractory.cohort.time_zero import DiseaseDefinition
from refractory.definition import Definition
from refractory.errors import ProtocolError
from refractory.exposures.treatment import TreatmentDefinition
from refractory.outcomes.assess import OutcomeDefinition
from refractory.outcomes.covariates import CovariateDefinition
from refractory.outcomes.response import ResponseDefinition
from refractory.outcomes.sparing import SparingDefinition
from refractory.records.concept_sets import ConceptSetDefinition, expand_members
from refractory.toml_lines import Path, find_lines, line_of

SCORE_POINTS = "points"
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
    response: ResponseDefinition
    sparing: SparingDefinition | None = None
    analysis: AnalysisDefinition = AnalysisDefinition()
    published: tuple[PublishedFigure, ...] = ()

    @property
    def leaves(self) -> Leaves:
        """The leaf concept sets of each concept set."""
        return expand_members(self.concepts)

    @property
    def drug_sets(self) -> tuple[str, ...]:
        """Leaf concept sets that are drugs: the treatment, what came before it, what could be lowered."""
        named = [self.treatment.concept]
        named += [self.refractory.among] if self.refractory else []
        if self.sparing:
            named += [self.sparing.glucocorticoid]
            named += [self.sparing.steroid_sparing] if self.sparing.steroid_sparing else []
        leaves = self.leaves
        return tuple(sorted({leaf for name in named for leaf in leaves[name]}))

    @property
    def measurement_units(self) -> dict[str, str | None]:
        """The unit that each measured leaf concept set is wanted in; None: as it is recorded."""
        units: dict[str, str | None] = {}
        leaves = self.leaves
        if self.treatment.cycle and self.treatment.cycle.weight:
            units |= dict.fromkeys(leaves[self.treatment.cycle.weight], WEIGHT_UNIT)
        for covariate in self.covariate:
            units |= dict.fromkeys(leaves[covariate.concept], covariate.unit)
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
            treatment=self.treatment, response=self.response, sparing=self.sparing, covariates=self.covariate
        )

    @property
    def hash(self) -> str:
        """A fingerprint of everything that is chosen, the same for the same choices however they are written."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


def parse_protocol(text: str, file: str = "protocol.toml") -> Protocol:
    """Read the text of a protocol file.

    Args:
        text: TOML.
        file: Name of the file, for messages.

    Returns:
        The protocol.

    Raises:
        ProtocolError: Names every mistake of the file at once: line, key, what is allowed, nearest name.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(
            f"{file} is not valid TOML: {error}.",
            where=file,
            remedy='strings stand in quotes, lists in [ ], and a name with blanks in quotes: [concepts."my drug"].',
        ) from None
    lines = find_lines(text)
    mistakes: list[tuple[int, str]] = []

    def note(path: Path, said: str) -> None:
        line = line_of(path, lines, text) or 1
        mistakes.append((line, f"line {line}, {_spell(path)}: {said}"))

    protocol = None
    try:
        protocol = Protocol.model_validate(raw)
    except ValidationError as error:
        for found in error.errors():
            note(_own_path(found["loc"]), _explain(found))
    for path, said in _wrong_names(raw):
        note(path, said)
    if protocol is not None and not mistakes:
        for path, said in _look_ahead(protocol):
            note(path, said)
    if mistakes or protocol is None:
        told = sorted(set(mistakes))
        raise ProtocolError(
            f"{len(told)} mistake{'s' if len(told) > 1 else ''} in {file}.\n"
            + "\n".join(f"    {said}" for _, said in told),
            where=file,
            remedy="mend the lines above; `refractory schema` prints every key that is allowed.",
        )
    protocol.leaves  # noqa: B018  raises ProtocolError where members are circular
    return protocol


def _own_path(location: tuple[int | str, ...]) -> Path:
    """Drop the parts of a pydantic location that name types rather than keys."""
    return tuple(part for part in location if not (isinstance(part, str) and ("[" in part or "-" in part[:1])))


def _spell(path: Path) -> str:
    words = ""
    for part in path:
        words += f"[{part + 1}]" if isinstance(part, int) else (f".{part}" if words else part)
    return words or "file"


def _explain(found: Any) -> str:
    kind, context = found["type"], found.get("ctx", {})
    path = _own_path(found["loc"])
    key = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        allowed = _allowed_keys(path[:-1])
        return f"unknown key.{_nearest(key, allowed)} Allowed: {', '.join(sorted(allowed))}."
    if kind == "missing":
        return "this key is missing."
    if kind == "literal_error":
        allowed = [
            str(choice).strip("'") for choice in str(context.get("expected", "")).replace(" or ", ", ").split(", ")
        ]
        return (
            f"{found['input']!r} is not allowed.{_nearest(str(found['input']), allowed)} Allowed: {', '.join(allowed)}."
        )
    if kind == "value_error":
        return f"{str(found['msg']).removeprefix('Value error, ').rstrip('.')}."
    if kind == "string_pattern_mismatch":
        return f"{found['input']!r} is not allowed. {_description(path)}"
    said = str(found["msg"])
    return f"{said[0].lower()}{said[1:]}, not {found['input']!r}."


def _nearest(name: str, allowed: list[str]) -> str:
    close = difflib.get_close_matches(name, allowed, n=1, cutoff=0.5)
    return f' Did you mean "{close[0]}"?' if close else ""


def _description(path: Path) -> str:
    """Return what the model says of the key at the end of a path."""
    model = _model_at(path[:-1])
    field = model.model_fields.get(str(path[-1])) if model else None
    return field.description or "" if field else ""


def _allowed_keys(path: Path) -> list[str]:
    model = _model_at(path)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _model_at(path: Path) -> type[BaseModel] | None:
    """Return the model whose keys stand at a path."""
    model: Any = Protocol
    for part in path:
        if isinstance(part, int):
            continue
        if isinstance(model, type) and issubclass(model, BaseModel) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation)
        elif not (isinstance(model, type) and issubclass(model, BaseModel)):
            return None
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        found = _model_in(part)
        if found is not None:
            return found
    return None


# Where a protocol names a concept set: a path with * for any element.
_CONCEPT_KEYS = (
    ("disease", "concept"), ("treatment", "concept"), ("treatment", "cycle", "weight"),
    ("eligibility", "data_at_diagnosis", "concept"), ("refractory", "among"), ("refractory", "active", "score"),
    ("exclude", "*", "concept"), ("feature", "*", "any", "*", "concept"), ("feature", "*", "none", "*", "concept"),
    ("covariate", "*", "concept"), ("response", "primary", "score"), ("response", "primary", "event"),
    ("response", "supporting", "*", "score"), ("response", "supporting", "*", "event"),
    ("sparing", "glucocorticoid"), ("sparing", "steroid_sparing"), ("concepts", "*", "members", "*"),
)  # fmt: skip
_FEATURE_KEYS = (
    ("stratum", "*", "any", "*"), ("stratum", "*", "none", "*"), ("stratum", "*", "parts", "*"),
    ("subtype", "*", "any", "*"), ("subtype", "*", "none", "*"),
)  # fmt: skip


def _walk(raw: Any, pattern: tuple[str, ...], path: Path = ()) -> Iterator[tuple[Path, str]]:
    if not pattern:
        if isinstance(raw, str):
            yield path, raw
        return
    head, rest = pattern[0], pattern[1:]
    if head == "*" and isinstance(raw, list):
        for number, element in enumerate(raw):
            yield from _walk(element, rest, (*path, number))
    elif head == "*" and isinstance(raw, dict):
        for key, element in raw.items():
            yield from _walk(element, rest, (*path, key))
    elif isinstance(raw, dict) and head in raw:
        yield from _walk(raw[head], rest, (*path, head))


def _wrong_names(raw: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Find names that stand for something the file does not define."""
    concepts = list(raw["concepts"]) if isinstance(raw.get("concepts"), dict) else []
    features = [name for _, name in _walk(raw, ("feature", "*", "name"))]
    strata = [name for _, name in _walk(raw, ("stratum", "*", "name"))]
    for keys, known, kind in ((_CONCEPT_KEYS, concepts, "concept set"), (_FEATURE_KEYS, features, "feature")):
        for pattern in keys:
            for path, name in _walk(raw, pattern):
                if name not in known:
                    yield path, f'no {kind} is called "{name}".{_nearest(name, known)} Defined: {_listed(known)}.'
    for path, name in _walk(raw, ("analysis", "compare", "*")):
        if name not in strata:
            yield path, f'no stratum is called "{name}".{_nearest(name, strata)} Defined: {_listed(strata)}.'
    for kind in ("feature", "stratum", "subtype", "exclude", "covariate"):
        names = list(_walk(raw, (kind, "*", "name")))
        for position, (path, name) in enumerate(names):
            if name in [other for _, other in names[:position]]:
                yield path, f'a second {kind} is called "{name}"; each has a name of its own.'


def _listed(names: list[str], most: int = 12) -> str:
    if not names:
        return "none"
    return ", ".join(sorted(names)[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _look_ahead(protocol: Protocol) -> Iterator[tuple[Path, str]]:
    """Find windows that would let the future decide who is in the cohort, and other choices that cannot be."""
    said = "days after day 0 cannot decide who is in the cohort; the window ends on day 0 or before."
    criteria: list[tuple[Path, Any]] = [(("exclude", number), one) for number, one in enumerate(protocol.exclude)]
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
        drugs = [*protocol.leaves[protocol.refractory.among], "*"]
        for drug in protocol.refractory.adequate:
            if drug not in drugs:
                yield (
                    ("refractory", "adequate", drug),
                    f'"{drug}" is no member of {protocol.refractory.among}.{_nearest(drug, drugs)}',
                )
    if protocol.analysis.compare and len(protocol.analysis.compare) != 2:
        yield ("analysis", "compare"), f"two strata are compared, not {len(protocol.analysis.compare)}."


def describe_schema() -> dict[str, Any]:
    """Return the JSON Schema of the protocol file, its defaults written as the file writes them."""
    schema: dict[str, Any] = _spell_defaults(Protocol.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _spell_defaults(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_spell_defaults(element) for element in schema]
    if not isinstance(schema, dict):
        return schema
    spelled = {key: _spell_defaults(value) for key, value in schema.items()}
    default = spelled.get("default")
    if spelled.get("type") == "string" and isinstance(default, int):
        spelled["default"] = f"{default} days"
    if isinstance(default, dict) and default.keys() == {"first_day", "last_day"}:
        open_ends = ("any day before", "any day after")
        ends = [default["first_day"], default["last_day"]]
        spelled["default"] = [word if end is None else end for end, word in zip(ends, open_ends, strict=True)]
    return spelled
