"""What the documents show exists and works: links, protocol files, commands."""

from __future__ import annotations

import re

import pytest

from architecture.source_tree import ROOT, find_project_files
from refractory.cli import app
from refractory.errors import ProtocolError
from refractory.protocol import parse_protocol
from refractory.records.from_mapping import read_mapping

DOCUMENTS = [path for path in find_project_files(".md") if "tests" not in path.relative_to(ROOT).parts]
LINKS = [(path, link) for path in DOCUMENTS for link in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8"))]
FENCES = [
    (path, text)
    for path in DOCUMENTS
    for text in re.findall(r"^```toml\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
]
# A mapping begins with its source, a protocol with its study.
MAPPINGS = [(path, text) for path, text in FENCES if text.startswith("[source]")]
FENCES = [(path, text) for path, text in FENCES if not text.startswith("[source]")]
COMMANDS = [command.callback.__name__ for command in app.registered_commands if command.callback]
PROTOCOLS = sorted((ROOT / "studies").glob("*.toml"))


@pytest.mark.parametrize(("document", "link"), LINKS, ids=[f"{path.name}:{link}" for path, link in LINKS])
def test_a_link_to_a_file_or_a_picture_leads_somewhere(document, link):
    assert link.startswith("https://") or (document.parent / link).is_file()


def test_every_picture_is_shown_somewhere_and_made_by_the_tool_that_takes_them():
    shown = {link.rpartition("/")[2] for _, link in LINKS if link.endswith(".png")}
    kept = {path.name for path in (ROOT / "docs").glob("*.png")}
    taken = set(
        re.findall(r'Picture\("([\w-]+\.png)"', (ROOT / "tools" / "take_picture.py").read_text(encoding="utf-8"))
    )
    assert shown == kept == taken


@pytest.mark.parametrize(("document", "text"), MAPPINGS, ids=[path.name for path, _ in MAPPINGS])
def test_a_mapping_that_a_document_shows_is_valid(document, text, tmp_path):
    (tmp_path / document.name).write_text(text)
    mapping = read_mapping(tmp_path / document.name)
    assert mapping.table or mapping.source.kind == "fhir" or mapping.source.address


def test_the_readme_shows_a_protocol():
    assert [path.name for path, _ in FENCES].count("README.md") >= 1


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_tells_of_the_command(command):
    assert re.search(rf"^\| `refractory {command}[ `]", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("document", "text"), FENCES, ids=[path.name for path, _ in FENCES])
def test_a_protocol_that_a_document_shows_is_valid(document, text):
    assert parse_protocol(text, document.name).study.name


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.name)
def test_a_protocol_that_ships_is_valid_and_named_like_its_file(path):
    assert parse_protocol(path.read_text(encoding="utf-8"), path.name).study.name == path.stem


def test_a_protocol_with_a_mistake_would_be_noticed():
    _, text = FENCES[0]
    with pytest.raises(ProtocolError, match="washout"):
        parse_protocol(text.replace("washout ", "washuot "), "README.md")
