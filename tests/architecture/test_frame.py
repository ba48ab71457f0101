"""The frame around the program: pins, licence, glossary, and nothing that ties it to one machine."""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
import tomllib
from itertools import pairwise

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from architecture.source_tree import ROOT, find_project_files

PIN = re.compile(r"[a-z0-9-]+==[0-9A-Za-z.]+( ; [a-z_]+ (==|!=|<|>=) '[A-Za-z0-9.]+')?")
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINNED = {line.split("==")[0] for line in CONSTRAINTS}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# As published by the Apache Software Foundation, byte for byte.
APACHE_2_SHA256 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
# Written as patterns, so that this file does not hold what it looks for.
OF_ONE_MACHINE = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.org|deb\.debian\.org|index-url\s*=|find-links\s*=|(?<![\w.])/(?:work|root|home)/\w"
)
LEFT_BY_RUNS = {"manifest.json", "problems.csv", "results.csv", "quality.csv", "quality.html", "report.html"}
WORDS = (
    "person", "record", "concept set", "exposure", "era", "infusion day", "cycle", "course", "line", "time zero",
    "baseline", "stratum", "response", "estimate", "caution", "index date",
)  # fmt: skip


def find_needed(distribution: str, extras: frozenset[str], seen: set[str]) -> set[str]:
    """Find what an installed distribution needs, and what that needs in turn, on this interpreter."""
    for text in importlib.metadata.requires(distribution) or ():
        requirement = Requirement(text)
        asked = [{"extra": extra} for extra in (extras or {""})]
        if requirement.marker and not any(requirement.marker.evaluate(environment) for environment in asked):
            continue
        name = canonicalize_name(requirement.name)
        if name not in seen:
            seen.add(name)
            find_needed(name, frozenset(requirement.extras), seen)
    return seen


@pytest.mark.parametrize("line", CONSTRAINTS)
def test_a_constraint_is_one_exact_version(line):
    assert PIN.fullmatch(line)


def test_every_package_that_the_program_its_tests_and_its_set_up_need_is_pinned():
    needed = find_needed("refractory", frozenset(PYPROJECT["project"]["optional-dependencies"]), set())
    built_with = {canonicalize_name(Requirement(text).name) for text in PYPROJECT["build-system"]["requires"]}
    assert {"duckdb", "pytest"} <= needed
    assert (needed | built_with | {"uv"}) - PINNED == set()


def test_nothing_that_a_run_leaves_is_kept_with_the_program():
    left = [path for path in find_project_files() if path.name in LEFT_BY_RUNS]
    assert left == []


def test_no_file_names_a_package_index_or_a_path_of_one_machine():
    named = []
    for path in find_project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a database
        named += [f"{path.relative_to(ROOT)}: {found[0]}" for found in OF_ONE_MACHINE.finditer(text)]
    assert named == []


def test_the_licence_is_the_unmodified_apache_licence():
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE_2_SHA256


@pytest.mark.parametrize("word", WORDS)
def test_the_glossary_explains_the_word(word):
    assert re.search(
        rf"^\| \*\*{word}\*\* \| \S.+\|$", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), re.MULTILINE
    )


def test_the_changelog_puts_numbers_that_changed_first():
    headings = re.findall(r"^#+ (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    under_each_version = [after for before, after in pairwise(headings) if before[0].isdigit()]
    assert under_each_version
    assert set(under_each_version) == {"Numbers that changed"}


def test_every_command_of_make_that_the_readme_shows_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    shown = set(re.findall(r"`?make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {"study", "test"} <= shown <= targets
