"""One word for one thing: the verbs of the code, and the words that it must not use."""

from __future__ import annotations

import ast
import re

import pytest

from architecture.source_tree import MODULES, ROOT, find_functions, find_project_files

# What other programs say, and what it is called here.
OTHER_WORDS_FOR_OUR_VERBS = {
    "get": "read_ or a noun", "fetch": "read_", "load": "read_", "import": "read_",
    "validate": "check_", "verify": "check_", "ensure": "check_", "assert": "check_",
    "compute": "derive_ or estimate_", "calculate": "derive_ or estimate_", "calc": "derive_ or estimate_",
    "transform": "derive_", "process": "derive_", "generate": "derive_ or build_",
    "filter": "require_", "exclude": "require_", "apply": "require_", "select": "require_",
    "categorise": "classify_", "categorize": "classify_", "label": "classify_",
    "plot": "draw_", "render": "draw_", "summarise": "tabulate_", "summarize": "tabulate_",
    "make": "build_", "create": "build_", "construct": "build_", "execute": "run_", "perform": "run_", "do": "run_",
    "handle": "a verb that says what is done", "manage": "a verb that says what is done",
}  # fmt: skip
EMPTY_WORDS = {"df", "data", "tmp", "info", "utils", "util", "helpers", "helper", "misc", "common", "foo", "value2"}
PUBLIC = [function for module in MODULES for function in find_functions(module) if function.is_public]


def find_required_in_steps(text: str) -> set[str]:
    """Find the functions that are called inside a step of attrition."""
    steps = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "require"
    ]
    return {
        inner.func.id
        for step in steps
        for argument in step.args
        for inner in ast.walk(argument)
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name)
    }


def test_no_public_function_uses_another_word_for_one_of_our_verbs():
    wrong = {function.name: OTHER_WORDS_FOR_OUR_VERBS.get(function.node.name.split("_")[0]) for function in PUBLIC}
    assert {name: better for name, better in wrong.items() if better} == {}


@pytest.mark.parametrize("prefix", ["is_", "has_", "may_"])
def test_a_question_answers_yes_or_no_or_with_a_column_of_that(prefix):
    answers = {
        function.name: ast.unparse(function.node.returns or ast.Constant(None))
        for function in PUBLIC
        if function.node.name.startswith(prefix)
    }
    allowed = {"bool", "bool | None", "ir.BooleanValue", "ir.BooleanColumn"}
    assert {name: said for name, said in answers.items() if said not in allowed} == {}


def test_an_estimator_returns_an_estimate_or_a_list_of_named_ones():
    returned = {
        function.name: ast.unparse(function.node.returns or ast.Constant(None))
        for function in PUBLIC
        if function.node.name.startswith("estimate_")
    }
    assert {
        name: said for name, said in returned.items() if not re.fullmatch(r"Estimate|list\[NamedEstimate\]", said)
    } == {}


def test_every_criterion_leaves_a_step_of_attrition():
    criteria = {
        function.node.name
        for function in PUBLIC
        if function.module.startswith("refractory.cohort") and function.node.name.startswith("require_")
    }
    build = next(module.text for module in MODULES if module.name == "refractory.cohort.build")
    assert criteria
    assert criteria - find_required_in_steps(build) == set()


def test_a_criterion_outside_a_step_of_attrition_is_noticed():
    text = "a = attrition.require(require_age(c), 'Age')\nb = require_disease(c)"
    assert find_required_in_steps(text) == {"require_age"}


def test_no_module_and_no_argument_has_an_empty_name():
    empty = [module.name for module in MODULES if module.name.split(".")[-1] in EMPTY_WORDS]
    for module in MODULES:
        for function in find_functions(module):
            named = function.node.args.posonlyargs + function.node.args.args + function.node.args.kwonlyargs
            empty += [f"{function.name}({argument.arg})" for argument in named if argument.arg in EMPTY_WORDS]
    assert empty == []


def test_time_zero_and_person_have_one_name():
    other = re.compile(r"\bindex[ _-]date|\bsubject_id\b|\bsubjects?\b", re.IGNORECASE)
    may_say_it = {ROOT / "GLOSSARY.md", ROOT / "LICENSE", *(ROOT / "tests" / "architecture").glob("*.py")}
    # OHDSI's own name of a column, in a table that its queries fill.
    may_say_it |= {ROOT / "src/refractory/records/circe/queries.py", ROOT / "tests/reference/cohort_definitions.py"}
    said = {
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in find_project_files(".py", ".md", ".toml", ".jinja", ".html")
        # FHIR names the person of a resource by that word: an element, which only its readers and writers speak of.
        if path not in may_say_it and "fhir" not in path.name
        for found in other.finditer(path.read_text(encoding="utf-8"))
    }
    assert said == set()
