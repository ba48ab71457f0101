"""Mistakes of a file that a user writes, in words: what is wrong, what is allowed, and the nearest name."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel

from refractory.errors import RefractoryError
from refractory.toml_lines import Path, find_lines, line_of

Mistake = tuple[Path, str]


def parse_toml(text: str, file: str, fault: type[RefractoryError], remedy: str) -> dict[str, Any]:
    """Read a text as TOML.

    Raises:
        RefractoryError: Of the kind of `fault`, when it is none.
    """
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it is nested too deeply"
        raise fault(f"{file} is not valid TOML: {said}.", where=file, remedy=remedy) from None


def build_fault(
    mistakes: Iterable[Mistake], text: str, file: str, fault: type[RefractoryError], remedy: str
) -> RefractoryError:
    """Build one error that names every mistake of a file, in the order of its lines, each once."""
    lines = find_lines(text)
    told = sorted({(line_of(path, lines, text) or 1, spell_path(path), said) for path, said in mistakes})
    return fault(
        f"{len(told)} mistake{'s' if len(told) > 1 else ''} in {file}.\n"
        + "\n".join(f"    line {line}, {spelt}: {said}" for line, spelt, said in told),
        where=file,
        remedy=f"mend the lines above; {remedy}",
    )


def own_path(location: tuple[int | str, ...]) -> Path:
    """Drop the parts of a pydantic location that name types rather than keys."""
    return tuple(part for part in location if not (isinstance(part, str) and ("[" in part or "-" in part[:1])))


def spell_path(path: Path) -> str:
    """Write a path as a reader counts: the elements of a list from 1."""
    words = ""
    for part in path:
        words += f"[{part + 1}]" if isinstance(part, int) else (f".{part}" if words else part)
    return words or "file"


def explain_mistake(found: Any, model: type[BaseModel]) -> str:
    """Say what pydantic found at one key of the file.

    Args:
        found: One entry of a ValidationError.
        model: The model of the whole file.
    """
    kind, context = found["type"], found.get("ctx", {})
    path = own_path(found["loc"])
    key = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        allowed = _allowed_keys(path[:-1], model)
        return f"unknown key.{say_nearest(key, allowed)} Allowed: {', '.join(sorted(allowed))}."
    if kind == "missing":
        return "this key is missing."
    if kind == "literal_error":
        allowed = [
            str(choice).strip("'") for choice in str(context.get("expected", "")).replace(" or ", ", ").split(", ")
        ]
        near = say_nearest(str(found["input"]), allowed)
        return f"{found['input']!r} is not allowed.{near} Allowed: {', '.join(allowed)}."
    if kind == "value_error":
        return f"{str(found['msg']).removeprefix('Value error, ').rstrip('.')}."
    if kind == "string_pattern_mismatch":
        return f"{found['input']!r} is not allowed. {_description(path, model)}"
    said = str(found["msg"])
    return f"{said[0].lower()}{said[1:]}, not {found['input']!r}."


def say_nearest(name: str, allowed: list[str]) -> str:
    """Ask whether the nearest of the allowed names was meant; empty when none is near."""
    close = difflib.get_close_matches(name, allowed, n=1, cutoff=0.5)
    return f' Did you mean "{close[0]}"?' if close else ""


def _description(path: Path, root: type[BaseModel]) -> str:
    """Return what the model says of the key at the end of a path."""
    model = _model_at(path[:-1], root)
    field = model.model_fields.get(str(path[-1])) if model else None
    return field.description or "" if field else ""


def _allowed_keys(path: Path, root: type[BaseModel]) -> list[str]:
    model = _model_at(path, root)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


def _model_at(path: Path, root: type[BaseModel]) -> type[BaseModel] | None:
    """Return the model whose keys stand at a path."""
    model: Any = root
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
    ("refractory", "weight"),
    ("lines", "among"), ("explanations", "among"),
    ("exclude", "*", "concept"), ("feature", "*", "any", "*", "concept"), ("feature", "*", "none", "*", "concept"),
    ("covariate", "*", "concept"), ("response", "primary", "event"), ("response", "supporting", "*", "event"),
    ("follow_up", "relapse", "event"), ("instrument", "*", "recorded"), ("instrument", "*", "item", "*"),
    ("instrument", "*", "measures", "*"),
    ("sparing", "glucocorticoid"), ("sparing", "steroid_sparing"),
    ("safety", "event", "*", "concept"), ("concepts", "*", "members", "*"),
)  # fmt: skip
# Where it names a score: a concept set or an instrument.
_SCORE_KEYS = (
    ("response", "primary", "score"), ("response", "supporting", "*", "score"), ("follow_up", "score"),
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


def find_wrong_names(raw: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Find names that stand for something the file does not define."""
    concepts = list(raw["concepts"]) if isinstance(raw.get("concepts"), dict) else []
    features = [name for _, name in _walk(raw, ("feature", "*", "name"))]
    strata = [name for _, name in _walk(raw, ("stratum", "*", "name"))]
    instruments = list(raw["instrument"]) if isinstance(raw.get("instrument"), dict) else []
    scores = [*concepts, *instruments]
    named = (
        (_CONCEPT_KEYS, concepts, "concept set"),
        (_SCORE_KEYS, scores, "instrument or concept set" if instruments else "concept set"),
        (_FEATURE_KEYS, features, "feature"),
        ((("covariate", "*", "score"),), instruments, "instrument"),
    )
    for keys, known, kind in named:
        for pattern in keys:
            for path, name in _walk(raw, pattern):
                if name not in known:
                    yield path, f'no {kind} is called "{name}".{say_nearest(name, known)} Defined: {_listed(known)}.'
    for path, name in _walk(raw, ("analysis", "compare", "*")):
        if name not in strata:
            yield path, f'no stratum is called "{name}".{say_nearest(name, strata)} Defined: {_listed(strata)}.'
    for kind in ("feature", "stratum", "subtype", "exclude", "covariate"):
        names = list(_walk(raw, (kind, "*", "name")))
        for position, (path, name) in enumerate(names):
            if name in [other for _, other in names[:position]]:
                yield path, f'a second {kind} is called "{name}"; each has a name of its own.'


def _listed(names: list[str], most: int = 12) -> str:
    if not names:
        return "none"
    return ", ".join(sorted(names)[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
