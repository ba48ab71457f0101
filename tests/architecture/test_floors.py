"""Imports go down only: the chapters of a study stand on one another, and no chapter knows the next."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import pytest

from architecture.source_tree import MODULES, NAMES, Module, find_imports

SHARED_WORDS = {
    "errors",
    "dates",
    "definition",
    "codes",
    "units",
    "rounding",
    "toml_lines",
    "protocol_mistakes",
    "user_files",
    "processes",
}
# Each line is a floor; what stands on one line are siblings and do not know one another.
FLOORS = (
    {"statistics"},
    {"numbers"},
    {"published_text"},
    {"records"},
    {"exposures"},
    {"cohort"},
    {"outcomes"},
    {"analysis", "review"},
    {"protocol_mistakes", "dials"},
    {"report", "protocol", "sheets", "instrument_lists", "consistency", "shown"},
    {"chart_form", "explain", "population_tables", "protocol_schema", "score_sheets", "starting", "universes"},
    {"narrowing", "written_tables"},
    {"shared_study", "study_head"},
    {"study", "population"},
    {"multiverse", "quality", "proof", "codebook", "start_counts"},
    {"private_store"},
    {"run_store", "terminal", "compiled_queries", "start_store"},
    {
        "terminal_check", "terminal_init", "terminal_population", "terminal_score", "terminal_consistency",
        "terminal_multiverse", "terminal_quality", "terminal_show", "terminal_template", "population_store",
        "multiverse_store", "quality_store",
    },
    {"cli_parts"},
    {"cli_forms", "cli_score", "cli_consistency", "cli_init", "cli_multiverse", "cli_show", "cli_template"},
    {"cli"},
    {"__main__"},
)  # fmt: skip
FLOOR_OF = {part: number for number, floor in enumerate(FLOORS, start=1) for part in floor} | dict.fromkeys(
    SHARED_WORDS, 0
)
# The report prints results and computes nothing: all that it may know of the other chapters.
REPORT_MAY_IMPORT = {
    "refractory.analysis.results",
    "refractory.analysis.quality_results",
    "refractory.analysis.shared",
    "refractory.analysis.figures",
    "refractory.statistics.estimate",
    "refractory.numbers",
}


def find_faults(module: Module, names: frozenset[str] = NAMES) -> list[str]:
    """Name each import of a module that does not go down."""
    faults = []
    for imported in sorted(find_imports(module, names)):
        part = Module(imported, "").part
        if part in ("", module.part):
            continue  # the package itself holds the version alone
        is_down = FLOOR_OF[part] < FLOOR_OF[module.part]
        if module.part in SHARED_WORDS:
            is_down = part in SHARED_WORDS
        if module.part == "report":
            is_down = part in SHARED_WORDS or imported in REPORT_MAY_IMPORT
        if not is_down:
            faults.append(f"{module.name} imports {imported}")
    return faults


def find_cycle(modules: tuple[Module, ...]) -> list[str]:
    """Name the modules of a ring of imports; none: empty."""
    names = frozenset(module.name for module in modules)
    try:
        TopologicalSorter({module.name: find_imports(module, names) - {module.name} for module in modules}).prepare()
    except CycleError as ring:
        return list(ring.args[1])
    return []


def test_every_part_of_the_package_stands_on_a_floor():
    assert {module.part for module in MODULES} - {""} <= set(FLOOR_OF)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_module_imports_only_from_lower_floors(module):
    assert find_faults(module) == []


def test_no_ring_of_imports():
    assert " imports ".join(reversed(find_cycle(MODULES))) == ""


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("refractory.records.read", "from refractory.cohort.build import build_cohort", "refractory.cohort.build"),
        ("refractory.records.read", "def f():\n    import refractory.study", "refractory.study"),
        (
            "refractory.records.read",
            "if TYPE_CHECKING:\n    from refractory.cohort import build",
            "refractory.cohort.build",
        ),
        ("refractory.statistics.location", "from refractory.records.store import Store", "refractory.records.store"),
        ("refractory.dates", "from refractory.statistics.estimate import Estimate", "refractory.statistics.estimate"),
        ("refractory.report.tables", "from refractory.analysis.analyse import analyse", "refractory.analysis.analyse"),
        ("refractory.report.tables", "from refractory.cohort.build import Cohort", "refractory.cohort.build"),
        ("refractory.report.tables", "from refractory.protocol import Protocol", "refractory.protocol"),
        ("refractory.report.page", "from refractory.records.read import Records", "refractory.records.read"),
        ("refractory.protocol", "from refractory.report.document import write_report", "refractory.report.document"),
    ],
)
def test_an_import_that_goes_up_is_found_wherever_it_is_written(name, text, fault):
    names = NAMES | {"refractory.cohort.build", fault}
    assert find_faults(Module(name, text), names) == [f"{name} imports {fault}"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "refractory.report.tables",
            "from refractory.analysis.results import Results\nfrom refractory.numbers import x",
        ),
        ("refractory.cohort.build", "from refractory.records.store import Store"),
        ("refractory.study", "from refractory.report.document import x\nfrom refractory.protocol import y"),
        ("refractory.study", "from refractory import __version__"),
    ],
)
def test_an_import_that_goes_down_is_no_fault(name, text):
    assert find_faults(Module(name, text), NAMES | {"refractory.report.document", "refractory.protocol"}) == []


def test_a_ring_of_two_modules_is_found():
    ring = (
        Module("refractory.cohort.a", "from refractory.cohort.b import x"),
        Module("refractory.cohort.b", "def late():\n    from refractory.cohort import a"),
    )
    assert set(find_cycle(ring)) == {"refractory.cohort.a", "refractory.cohort.b"}
