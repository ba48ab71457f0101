"""Dials: keys of a protocol file that a colleague could reasonably set otherwise, and the file with them set so."""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from refractory.protocol_mistakes import Mistake, say_nearest, spell_path
from refractory.toml_lines import Path

Raw = dict[str, Any]
_PART = re.compile(r'"([^"]*)"|([^."\[\]]+)|\[(\d+)\]')
_PRIMARY = ("response", "primary")


class DialError(ValueError):
    """A dial names a key that is not there, or says something that the key cannot be."""


def find_dial_mistakes(
    raw: Raw, model: type[BaseModel], find_mistakes: Callable[[Raw], list[Mistake]]
) -> list[Mistake]:
    """Find the dials that name no key of the study, and the alternatives that it could not be written with.

    Args:
        raw: The file, without a mistake but for those in its dials.
        model: The model of the whole file.
        find_mistakes: Finds the mistakes of a whole file.

    Returns:
        The mistakes, each at the dial or at the alternative that makes it.
    """
    mistakes: list[Mistake] = []
    keys: dict[Path, str] = {}
    for dial, values in raw.get("dials", {}).items():
        try:
            key = find_key(raw, model, dial)
        except DialError as error:
            mistakes.append((("dials", dial), str(error)))
            continue
        if key in keys:
            mistakes.append((("dials", dial), f'"{keys[key]}" is a dial for the same key.'))
        keys.setdefault(key, dial)
        if not values:
            mistakes.append((("dials", dial), "a dial names at least one alternative."))
        for place, value in enumerate(values):
            try:
                found = find_mistakes(without_dials(set_key(raw, key, value)))
            except DialError as error:
                mistakes.append((("dials", dial, place), str(error)))
                continue
            mistakes += [(("dials", dial, place), _tell(path, key, said)) for path, said in found]
    return mistakes


def _tell(path: Path, key: Path, said: str) -> str:
    """Say a mistake of the changed file, with its place where that is not the dial's own key."""
    return said if path == key else f"{spell_path(path)}: {said}"


def without_dials(raw: Raw) -> Raw:
    """Return a file without its dials: the study alone."""
    return {key: value for key, value in raw.items() if key not in ("dials", "multiverse")}


def find_key(raw: Raw, model: type[BaseModel], dial: str) -> Path:
    """Find the key that a dial names.

    Parts are joined by dots; a part with a dot in it stands in double quotes. A member of a list of tables is named
    by its name, or by its number from 1: `feature.muscle.any[2].at_least`.

    Args:
        raw: The file.
        model: The model of the whole file.
        dial: The path as the file writes it.

    Raises:
        DialError: When there is no such key: what is allowed, and the nearest name.
    """
    path: list[str | int] = []
    kind: Any = model
    held: Any = raw
    for part in _split(dial):
        inner = _strip(kind)
        if held is None and path and inner.is_optional:
            raise DialError(f"the study has no {spell_path(tuple(path))}.")
        if held is not None and not isinstance(held, dict | list):
            raise DialError(f"{spell_path(tuple(path))} is written as one value; the dial names that key.")
        if isinstance(part, str) and inner.model is not None and not isinstance(held, list):
            path.append(_find_field(part, inner.model, path))
            kind = inner.model.model_fields[_field_name(inner.model, part)].annotation
            held = _step_in(held, path[-1])
        elif inner.is_list:
            path.append(_find_member(part, held, path))
            kind, held = inner.member, _step_in(held, path[-1])
        elif inner.is_table and isinstance(part, str):
            if held is None or part not in held:
                _check_may_be_new(part, held, path, inner.member)
            path.append(part)
            kind, held = inner.member, _step_in(held, part)
        else:
            raise DialError(f"{spell_path(tuple(path)) or dial} has no parts.")
    if not path or path[0] in ("study", "dials", "multiverse", "published"):
        raise DialError("this is no choice that moves a result.")
    return tuple(path)


def _step_in(held: Any, part: str | int) -> Any:
    """Return what a table or a list holds at one part of a path; None where it holds nothing."""
    if isinstance(held, dict):
        return held.get(part)
    return held[part] if isinstance(held, list) and isinstance(part, int) and part < len(held) else None


def _split(dial: str) -> list[str | int]:
    parts: list[str | int] = []
    position = 0
    while position < len(dial):
        found = _PART.match(dial, position)
        if not found or (found[3] == "0"):
            break
        parts.append(int(found[3]) - 1 if found[3] else (found[1] if found[1] is not None else found[2].strip()))
        position = found.end()
        if position < len(dial) and dial[position] == ".":
            position += 1
        elif position < len(dial) and dial[position] != "[":
            break
    if position < len(dial) or not parts or dial.endswith("."):
        raise DialError('a dial is a path of keys like "refractory.failed" or "feature.muscle.any[2].at_least".')
    return parts


class _Kind:
    """What a type of the model is, seen from a path: a table of known keys, of any keys, or a list."""

    def __init__(self, model: type[BaseModel] | None, member: Any, *, is_list: bool, is_table: bool) -> None:
        self.model = model
        self.member = member
        self.is_list = is_list
        self.is_table = is_table
        # Whether a study may be without it.
        self.is_optional = False


def _strip(annotation: Any) -> _Kind:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _strip(arguments[0])
    if origin in (Union, types.UnionType):
        found = [_strip(one) for one in arguments if one is not type(None)]
        chosen = next((one for one in found if one.model or one.is_list or one.is_table), found[0])
        chosen.is_optional = type(None) in arguments
        return chosen
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _Kind(annotation, None, is_list=False, is_table=False)
    if origin is tuple:
        return _Kind(None, arguments[0], is_list=True, is_table=False)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _Kind(None, arguments[1], is_list=False, is_table=True)
    return _Kind(None, None, is_list=False, is_table=False)


def _field_name(model: type[BaseModel], key: str) -> str:
    return next(name for name, field in model.model_fields.items() if (field.alias or name) == key)


def _find_field(part: str, model: type[BaseModel], path: Sequence[str | int]) -> str:
    allowed = [field.alias or name for name, field in model.model_fields.items()]
    if part not in allowed:
        place = spell_path(tuple(path)) if path else "the file"
        raise DialError(
            f'{place} has no key "{part}".{say_nearest(part, allowed)} Allowed: {", ".join(sorted(allowed))}.'
        )
    return part


def _find_member(part: str | int, held: Any, path: Sequence[str | int]) -> int:
    members = held if isinstance(held, list) else []
    place = spell_path(tuple(path))
    if isinstance(part, int):
        if part >= len(members):
            raise DialError(f"{place} has {len(members)} members, and the dial names number {part + 1}.")
        return part
    names = [str(one["name"]) if isinstance(one, dict) and "name" in one else "" for one in members]
    if part not in names:
        known = ", ".join(filter(None, names)) or "none with a name"
        raise DialError(f'no member of {place} is called "{part}".{say_nearest(part, names)} There are: {known}.')
    return names.index(part)


def _check_may_be_new(part: str, held: Any, path: Sequence[str | int], member: Any) -> None:
    """Check that a key of a table of names may be one that the file does not have: a drug may, a definition may not."""
    if path[0] in ("concepts", "instrument"):
        names = list(held or {})
        raise DialError(f'{spell_path(tuple(path))} has no "{part}".{say_nearest(part, names)}')


def set_key(raw: Raw, key: Path, value: Any) -> Raw:
    """Return the file with one key set; what does not change is shared with the old one.

    The primary rule of response may be set to the name of a supporting rule: the two change places. Where it is set to
    a rule of another name, the former one becomes a supporting rule, which others may name.

    Raises:
        DialError: When the key is not there, for another dial has changed the table that held it.
    """
    if key == _PRIMARY and isinstance(value, str):
        return _exchange_primary(raw, value)
    changed: Raw = _set(raw, key, value, key)
    former = find_value(raw, key)
    if key == _PRIMARY and isinstance(value, dict) and former and value.get("name") != former.get("name"):
        changed["response"]["supporting"] = [*raw["response"].get("supporting", []), former]
    return changed


def _set(held: Any, rest: Path, value: Any, key: Path) -> Any:
    if not rest:
        return value
    part = rest[0]
    if isinstance(part, int) and isinstance(held, list) and part < len(held):
        return [_set(one, rest[1:], value, key) if place == part else one for place, one in enumerate(held)]
    if isinstance(part, str) and (held is None or isinstance(held, dict)):
        own = held or {}
        return {**own, part: _set(own.get(part), rest[1:], value, key)}
    raise DialError(f"{spell_path(key)} is not there when another dial is set so.")


def _exchange_primary(raw: Raw, name: str) -> Raw:
    response = raw["response"]
    if response["primary"].get("name") == name:
        return raw
    supporting = response.get("supporting", [])
    names = [str(one.get("name", "")) for one in supporting]
    if name not in names:
        known = ", ".join(f'"{one}"' for one in names if one) or "none with a name"
        raise DialError(f'no supporting rule is called "{name}".{say_nearest(name, names)} There are: {known}.')
    place = names.index(name)
    others = [response["primary"] if number == place else one for number, one in enumerate(supporting)]
    return {**raw, "response": {**response, "primary": supporting[place], "supporting": others}}


def find_value(raw: Raw, key: Path) -> Any:
    """Return what stands at a key; None where the file does not name it."""
    held: Any = raw
    for part in key:
        held = _step_in(held, part)
    return held


def describe_key(model: type[BaseModel], key: Path) -> str:
    """Say what a key is, in the words of the model; the name of a drug or of a member stands in the path already."""
    said = ""
    kind: Any = model
    for part in key:
        inner = _strip(kind)
        if inner.model is not None and isinstance(part, str):
            field = inner.model.model_fields[_field_name(inner.model, part)]
            said, kind = field.description or said, field.annotation
        else:
            kind = inner.member
    return said.rstrip(".")


def spell_value(value: Any) -> str:
    """Spell a value of the file in one line, a table with a name by that name.

    Example:
        >>> spell_value([1, 365]), spell_value({"name": "By chart", "label": "better"}), spell_value(True)
        ('[1, 365]', 'By chart', 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        if isinstance(value.get("name"), str):
            return str(value["name"])
        return "{" + ", ".join(f"{key} = {spell_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(spell_value, value)) + "]"
    return str(value)


def describe_dials(dials: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """Say the dials as sentences of a methods section."""
    if dials:
        yield (
            "Choices that could reasonably have been made otherwise are dials; the study can be run with every "
            "combination of their alternatives, beside what is written."
        )
    for dial, values in dials.items():
        yield f"{dial}: {'; '.join(map(spell_value, values))}."
