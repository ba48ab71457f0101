"""A module and a function that fit a screen or two; a longer one gives its reason here."""

from __future__ import annotations

import pytest

from architecture.source_tree import MODULES, Module, find_functions

LONG_MODULE = 300
TOO_LONG_MODULE = 400
TOO_LONG_FUNCTION = 60
# Modules of more than 300 lines, each with the reason why it is still one thing.
LONG_MODULES = {
    "refractory.cohort.build": "the criteria in their order, each a function of its own",
    "refractory.records.quality_rules": "one list of rules, each told in words",
}
FUNCTIONS = [function for module in MODULES for function in find_functions(module)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_no_module_is_longer_than_400_lines_and_a_long_one_has_a_reason(module):
    assert module.lines <= TOO_LONG_MODULE
    assert module.lines <= LONG_MODULE or module.name in LONG_MODULES


@pytest.mark.parametrize("name", LONG_MODULES)
def test_no_reason_is_given_for_a_module_that_is_not_long(name):
    assert [module.name for module in MODULES if module.name == name and module.lines > LONG_MODULE] == [name]


def test_no_function_is_longer_than_60_lines():
    assert {function.name: function.lines for function in FUNCTIONS if function.lines > TOO_LONG_FUNCTION} == {}


def test_the_lines_of_a_function_are_counted_without_its_docstring():
    text = 'class A:\n    def f(self):\n        """One.\n\n        Two.\n        """\n        a = 1\n        return a\n'
    (function,) = find_functions(Module("refractory.planted", text))
    assert function.lines == 3
