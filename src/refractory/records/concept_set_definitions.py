"""What a protocol says of its concept sets: codes by coding system, shipped lists, other sets, exclusions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from refractory.codes import WRITINGS, Code, Vocabulary, read_code
from refractory.definition import FOLDER, Definition
from refractory.errors import ProtocolError
from refractory.records.from_circe import write_codes_of
from refractory.records.from_codelists import read_code_list
from refractory.records.members import Attributes


@dataclass(frozen=True)
class NamedCode:
    """One code of a set with what the shipped lists know of it.

    Args:
        code: The code.
        name: What a list calls it; empty when only the protocol names the code.
        known: What each of the lists knows beyond the name.
        confidence: Confidence of the list; None when the protocol itself names the code.
    """

    code: Code
    name: str = ""
    known: tuple[Attributes, ...] = ()
    confidence: str | None = None


def _code(vocabulary: Vocabulary) -> BeforeValidator:
    def check(written: Any) -> Any:
        if isinstance(written, float):
            raise ValueError(f'a code stands in quotes ("{written}"): as a number, 710.30 and 710.3 are the same')
        if isinstance(written, bool) or not isinstance(written, int | str):
            raise ValueError(f"{written!r} is no {WRITINGS[vocabulary].title} code: {WRITINGS[vocabulary].rule}")
        read_code(vocabulary, str(written))
        return written if vocabulary is Vocabulary.OMOP else str(written)

    return BeforeValidator(check)


def _check_list(name: Any) -> Any:
    if isinstance(name, str):
        read_code_list(name)
    return name


def _rule(vocabulary: Vocabulary) -> str:
    return f"{WRITINGS[vocabulary].title}: {WRITINGS[vocabulary].rule}"


class CodeSet(Definition):
    """Codes by coding system; * ends a prefix, + takes descendants along, `use` takes a shipped code list."""

    ICD10CM: tuple[Annotated[str, _code(Vocabulary.ICD10CM)], ...] = Field((), description=_rule(Vocabulary.ICD10CM))
    ICD9CM: tuple[Annotated[str, _code(Vocabulary.ICD9CM)], ...] = Field((), description=_rule(Vocabulary.ICD9CM))
    SNOMED: tuple[Annotated[str, _code(Vocabulary.SNOMED)], ...] = Field((), description=_rule(Vocabulary.SNOMED))
    RxNorm: tuple[Annotated[str, _code(Vocabulary.RXNORM)], ...] = Field((), description=_rule(Vocabulary.RXNORM))
    ATC: tuple[Annotated[str, _code(Vocabulary.ATC)], ...] = Field((), description=_rule(Vocabulary.ATC))
    HCPCS: tuple[Annotated[str, _code(Vocabulary.HCPCS)], ...] = Field((), description=_rule(Vocabulary.HCPCS))
    CPT4: tuple[Annotated[str, _code(Vocabulary.CPT4)], ...] = Field((), description=_rule(Vocabulary.CPT4))
    LOINC: tuple[Annotated[str, _code(Vocabulary.LOINC)], ...] = Field((), description=_rule(Vocabulary.LOINC))
    NDC: tuple[Annotated[str, _code(Vocabulary.NDC)], ...] = Field((), description=_rule(Vocabulary.NDC))
    OMOP: tuple[Annotated[int | str, _code(Vocabulary.OMOP)], ...] = Field((), description=_rule(Vocabulary.OMOP))
    source: tuple[Annotated[str, _code(Vocabulary.SOURCE)], ...] = Field((), description=_rule(Vocabulary.SOURCE))
    use: tuple[Annotated[str, BeforeValidator(_check_list)], ...] = Field(
        (), description="Names of code lists that ship with the program"
    )

    def named_codes(self) -> tuple[NamedCode, ...]:
        """List the codes of the set, each once: those of the protocol first, then those of the shipped lists."""
        found = {code: NamedCode(code) for vocabulary in Vocabulary for code in self._codes(vocabulary)}
        for name in self.use:
            for line in read_code_list(name):
                before = found.get(line.code, NamedCode(line.code, confidence=line.confidence))
                found[line.code] = NamedCode(
                    line.code, before.name or line.name, (*before.known, line.attributes), before.confidence
                )
        return tuple(found.values())

    def describe(self) -> str:
        """Say the codes in plain English, as a clause without its full stop.

        Example:
            >>> CodeSet(ICD10CM=("M33.1*", "M36.0"), SNOMED=("396230008+",)).describe()
            'ICD-10-CM M33.1 and all codes below it, M36.0; SNOMED CT 396230008 and its descendants'
        """
        parts = []
        for vocabulary in Vocabulary:
            title = "OMOP concept" if vocabulary is Vocabulary.OMOP else WRITINGS[vocabulary].title
            if vocabulary is Vocabulary.SOURCE and self.source:
                parts.append(f"{title} {_quoted(self.source)}")
            elif codes := self._codes(vocabulary):
                parts.append(f"{title} {', '.join(map(_say, codes))}")
        if self.use:
            parts.append(f"the shipped code list{'s' if len(self.use) > 1 else ''} {_quoted(self.use)}")
        return "; ".join(parts)

    def _codes(self, vocabulary: Vocabulary) -> list[Code]:
        written: tuple[int | str, ...] = getattr(self, str(vocabulary))
        return [read_code(vocabulary, str(one)) for one in written]


class ConceptSetDefinition(CodeSet):
    """A named set of codes, or a set of other sets (`members`): a set is one or the other."""

    members: tuple[str, ...] = Field(
        (), description="Names of other concept sets; then the set has no codes of its own"
    )
    exclude: CodeSet | None = Field(None, description="Codes that are taken away again")
    circe: str | None = Field(
        None, description='Concept set of an ATLAS export beside the study: "file.json", or "file.json#Name of the set"'
    )

    @model_validator(mode="before")
    @classmethod
    def _takes_the_codes_of_a_file(cls, raw: Any, context: ValidationInfo) -> Any:
        """Put the codes of a concept set of ATLAS where codes stand: what the file says is part of the study."""
        if not isinstance(raw, dict) or not isinstance(raw.get("circe"), str):
            return raw
        own = [key for key in raw if key != "circe"]
        if own:
            raise ValueError(
                f"a concept set of a file has no codes of its own ({own[0]}): give them a set of their own"
            )
        return raw | write_codes_of(raw["circe"], (context.context or {}).get(FOLDER))

    @model_validator(mode="after")
    def _is_codes_or_members(self) -> Self:
        has_codes = any(getattr(self, name) for name in CodeSet.model_fields)
        if self.members and (has_codes or self.exclude):
            raise ValueError(
                "a concept set that has members has no codes of its own: give the codes a set of their own"
            )
        if not self.members and not has_codes:
            raise ValueError("a concept set names at least one code, one shipped list (use) or one other set (members)")
        return self

    def describe(self) -> str:
        """Say the set in plain English, as a clause without its full stop.

        Example:
            >>> lung = ConceptSetDefinition(ICD10CM=("J84*",), exclude=CodeSet(ICD10CM=("J84.0*",)))
            >>> lung.describe()
            'ICD-10-CM J84 and all codes below it; without ICD-10-CM J84.0 and all codes below it'
        """
        if self.members:
            return f"the concept sets {_quoted(self.members)}"
        without = f"; without {self.exclude.describe()}" if self.exclude else ""
        origin = f" (from {self.circe})" if self.circe else ""
        return super().describe() + without + origin


def _say(code: Code) -> str:
    if code.is_prefix:
        return f"{code.spellings[0]} and all codes below it"
    return f"{code.spellings[0]} and its descendants" if code.with_descendants else code.spellings[0]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def expand_members(definitions: Mapping[str, ConceptSetDefinition]) -> dict[str, tuple[str, ...]]:
    """Follow the members of each concept set down to the sets that have codes.

    Returns:
        Names of the sets with codes by name of the set, in the order in which they are named, each once; a set with
        codes stands for itself.

    Raises:
        ProtocolError: When a member is no concept set of the study, or a set is a member of itself.

    Example:
        >>> drugs = ConceptSetDefinition(members=("methotrexate",))
        >>> expand_members({"drugs": drugs, "methotrexate": ConceptSetDefinition(RxNorm=("6851+",))})
        {'drugs': ('methotrexate',), 'methotrexate': ('methotrexate',)}
    """
    return {name: tuple(dict.fromkeys(_leaves(name, definitions, ()))) for name in definitions}


def _leaves(name: str, definitions: Mapping[str, ConceptSetDefinition], path: tuple[str, ...]) -> Iterable[str]:
    if name not in definitions:
        near = get_close_matches(name, definitions, n=1)
        raise ProtocolError(
            f'"{path[-1]}" has the member "{name}", which is no concept set of this study.',
            where=f'[concepts."{path[-1]}"] members',
            remedy=f'"{near[0]}" is the nearest name.' if near else f'define [concepts."{name}"].',
        )
    if name in path:
        raise ProtocolError(
            f'The concept set "{name}" is a member of itself: {" > ".join((*path[path.index(name) :], name))}.',
            where=f'[concepts."{path[-1]}"] members',
            remedy="take one of these members out.",
        )
    if not definitions[name].members:
        yield name
    for member in definitions[name].members:
        yield from _leaves(member, definitions, (*path, name))
