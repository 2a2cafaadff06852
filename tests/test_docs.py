"""Documentation is true: what can be generated is, what can be run is run, and every key, command and file is named.

`python tests/test_docs.py` writes the generated parts again.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from commands import mdm

from matchers.comparisons import ALL
from mdm.cli.main import COMMANDS
from mdm.cli.main import mdm as group
from mdm.errors import ConfigError
from mdm.generate import Rates
from mdm.golden.survivorship import RULES as SURVIVORSHIP
from mdm.repository.tables import metadata
from mdm.standardise import STANDARDISERS
from mdm.workspace import Rules, Workspace

ROOT = Path(__file__).parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
PARTS = re.compile(r"(<!-- generated: ([\w ]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
FENCE = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


# What is generated


def commands() -> Iterator[tuple[str, click.Context]]:
    parent = click.Context(group, info_name="mdm", help_option_names=["-h", "--help"])
    for name in COMMANDS:
        command = group.get_command(parent, name)
        assert command is not None
        yield name, click.Context(command, parent=parent, info_name=name, terminal_width=110, max_content_width=110)


def command_help() -> str:
    return "\n".join(f"## mdm {name}\n\n```text\n{context.get_help()}\n```\n" for name, context in commands())


def rates() -> str:
    rows = (f"| `{name}` | {sentence} |" for name, sentence in Rates.sentences().items())
    return "\n".join(("| rate | what it is the rate of |", "|---|---|", *rows, ""))


def standardisers() -> str:
    rows = (
        f"| `{name}` | {'several' if each.multiple else 'one'} | {', '.join(f'`{field}`' for field in each.fields)} |"
        for name, each in STANDARDISERS.items()
    )
    return "\n".join(("| standardiser | values a cell | fields beyond the value |", "|---|---|---|", *rows, ""))


def comparison_functions() -> str:
    def section(name: str, doc: str, fields: tuple[str, ...]) -> str:
        return f"### {name}\n\n{doc.strip()}\n\nReads {', '.join(f'`{field}`' for field in fields)}.\n"

    return "\n".join(section(name, module.__doc__ or "", module.FIELDS) for name, module in ALL.items())


def levels() -> str:
    rows = (f"| `{name}` | {', '.join(each.FIELDS)} | {', '.join(each.LEVELS)} |" for name, each in ALL.items())
    return "\n".join(("| function | reads | levels |", "|---|---|---|", *rows, ""))


GENERATED: dict[str, Callable[[], str]] = {
    "commands": command_help,
    "rates": rates,
    "standardisers": standardisers,
    "comparison functions": comparison_functions,
    "levels": levels,
}


def renewed(text: str) -> str:
    """The document with its generated parts written again."""
    return PARTS.sub(lambda part: f"{part[1]}{GENERATED[part[2]]()}{part[4]}", text)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_generated_parts_are_fresh(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text == renewed(text), "stale: run `python tests/test_docs.py`"


def test_every_generated_part_has_its_place() -> None:
    placed = [part[2] for path in DOCS for part in PARTS.finditer(path.read_text("utf-8"))]
    assert sorted(placed) == sorted(GENERATED)


# What is named


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_a_line_in_the_readme(name: str) -> None:
    context = dict(commands())[name]
    assert context.command.help
    undescribed = [p.name for p in context.command.params if isinstance(p, click.Option) and not p.help]
    assert undescribed == []
    assert f"| `mdm {name}" in (ROOT / "README.md").read_text("utf-8")


def test_comparison_levels_are_explained_where_they_are_declared() -> None:
    silent = [
        (name, level)
        for name, module in ALL.items()
        for level in module.LEVELS
        if f"- {level}:" not in (module.__doc__ or "")
    ]
    assert silent == []


def known_keys(problems: ConfigError, what: str) -> list[str]:
    """The keys that the program itself names when it meets an unknown one."""
    found = [p.remedy for p in problems.problems if f"unknown key in {what}" in p.what]
    assert len(found) == 1, what
    return found[0].partition("Known: ")[2].rstrip(".").split(", ")


ODD_RULES = """\
entity: x
letter: X
odd: 1
attributes:
  name: {standardiser: person_name, odd: 1}
blocking: [[name]]
comparisons:
  - {attribute: name, function: person_name, levels: [exact, differs], odd: 1}
thresholds: {odd: 1}
constraints: [{attribute: name, level: differs, price: 1, odd: 1}]
checks: [{rule: missing, attribute: name, odd: 1}]
"""
ODD_WORKSPACE = """\
odd: 1
sources:
  s: {path: s.csv, key: id, odd: 1, parties: [{entity: x, name: n}]}
"""


def rows_under(heading: str) -> list[str]:
    """The first cells of the table under a heading of configuration.md."""
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    section = re.split(rf"^#+ {re.escape(heading)}\n", text, flags=re.MULTILINE)[1]
    table = re.split(r"^#|^\| criterion", section, flags=re.MULTILINE)[0]
    return sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


@pytest.mark.parametrize(
    ("file", "what", "heading"),
    [
        ("x.yaml", "the rule file", "A rule file"),
        ("x.yaml", "attribute name", "An attribute"),
        ("x.yaml", "a comparison", "A comparison"),
        ("x.yaml", "thresholds", "thresholds"),
        ("x.yaml", "a constraint", "A constraint"),
        ("x.yaml", "a check", "A check"),
        ("gates.yaml", "gates.yaml", "gates.yaml"),
    ],
)
def test_every_key_of_a_rule_file_has_its_sentence(file: str, what: str, heading: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Rules.parse({file: ODD_RULES if file == "x.yaml" else "odd: 1"}, "rules")
    assert rows_under(heading) == known_keys(caught.value, what)


def test_every_key_of_a_workspace_has_its_sentence(tmp_path: Path) -> None:
    (tmp_path / "mdm.yaml").write_text(ODD_WORKSPACE, "utf-8")
    with pytest.raises(ConfigError) as caught:
        Workspace.open(tmp_path)
    assert rows_under("mdm.yaml") == known_keys(caught.value, "mdm.yaml")
    assert rows_under("A source (nguồn)") == known_keys(caught.value, "source s")


def test_every_option_of_a_standardiser_has_its_sentence() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "mdm" / "standardise").glob("*.py"))
    documented = set(rows_under("Standardisers")) - set(STANDARDISERS)
    assert documented == set(re.findall(r"options\.get\(\"(\w+)\"", code))


def test_every_criterion_of_survivorship_has_its_sentence() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    table = text.partition("| criterion | prefers |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == list(SURVIVORSHIP)


def test_the_layers_are_those_that_are_checked() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    shown = [
        text.splitlines() for language, _, text in blocks(ROOT / "docs" / "architecture.md") if language == "layers"
    ]
    assert shown == [contracts[0]["layers"]]


def test_every_table_of_the_repository_is_described() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("| table | a row is |")[2]
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(metadata.tables)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_to_files(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text("utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (path.parent / link).exists()] == []


def test_pages_name_each_other() -> None:
    """Whoever opens the README finds every page."""
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [path.name for path in DOCS if path.parent.name == "docs" and f"docs/{path.name}" not in readme] == []


# What is run


def blocks(path: Path) -> list[tuple[str, str, str]]:
    """language, file name, text of each fenced block."""
    return FENCE.findall(path.read_text("utf-8"))


def matches(expected: str, said: str) -> bool:
    """Whether the output is as shown; a line `…` stands for any lines."""
    pattern = ".*".join(re.escape(part.strip()) for part in re.split("^…$", expected, flags=re.MULTILINE))
    return re.fullmatch(pattern, said.strip(), re.DOTALL) is not None


@dataclass(frozen=True)
class Example:
    """The steward's worked example after it was run: where, and what each command was to say and said."""

    folder: Path
    steps: list[tuple[str, str, str]]

    def export(self, what: str, *options: str) -> list[str]:
        """The columns of an export."""
        out = self.folder / f"{what}-exported.csv"
        assert mdm("export", self.folder, what, out, *options).code == 0
        return out.read_text("utf-8").partition("\n")[0].split(",")

    def ask(self, sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
        """Columns and rows of a query to the repository."""
        with closing(sqlite3.connect(f"file:{self.folder / 'repository.db'}?mode=ro", uri=True)) as connection:
            cursor = connection.execute(sql)
            return [column[0] for column in cursor.description], cursor.fetchall()


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """Files named after a fence are written, commands of `console` blocks are run."""
    example = Example(tmp_path_factory.mktemp("example"), [])
    with contextlib.chdir(example.folder):
        for language, name, text in blocks(ROOT / "docs" / "steward.md"):
            if name:
                Path(name).write_text(text, "utf-8")
            elif language == "console":
                for step in text.split("$ ")[1:]:
                    command, _, expected = step.partition("\n")
                    program, *arguments = command.split()
                    ended = Path(arguments[0]).read_text("utf-8") if program == "cat" else mdm(*arguments).out
                    example.steps.append((command, expected, ended))
        yield example


def test_the_worked_example_says_what_the_page_shows(example: Example) -> None:
    assert len(example.steps) == 6
    wrong = [(command, said) for command, expected, said in example.steps if not matches(expected, said)]
    assert wrong == []


def cells(page: str, heading: str) -> dict[str, str]:
    """A table's first cell → its second, both as they are written."""
    section = (ROOT / "docs" / page).read_text("utf-8").partition(heading)[2]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table is not None
    return dict(re.findall(r"^\| (.+?) \| (.+) \|$", table[0], re.MULTILINE)[1:])


def names(cell: str) -> list[str]:
    """The names that a cell lists: `a, b`, `c`."""
    return [name for listed in re.findall(r"`([^`]+)`", cell) for name in listed.split(", ")]


def test_exports_have_the_columns_that_the_integrator_reads_of(example: Example) -> None:
    documented = cells("integrator.md", "## Exports (xuất dữ liệu)\n")
    told = {name.strip("`"): names(cell) for name, cell in documented.items()}
    found = {what: example.export(what, "--entity", "citizen") for what in told}
    for what in ("crosswalk", "lineage", "edges"):
        assert found[what] == told[what]
    address = told["standardised"][3:]
    place = found["standardised"].index(address[0])
    assert found["standardised"][:3] == told["standardised"][:3]
    assert found["standardised"][place : place + len(address)] == address
    attributes = [name for name in found["standardised"][3:] if name not in address]
    assert found["golden"][:3] == told["golden"]
    assert [name for name in found["golden"][3:] if name != "address"] == attributes


def test_views_have_the_columns_that_the_integrator_reads_of(example: Example) -> None:
    assert example.ask("SELECT * FROM v_crosswalk")[0] == example.export("crosswalk")
    assert example.ask("SELECT * FROM v_lineage")[0] == [*example.export("lineage"), "file", "source_row"]
    golden = example.export("golden", "--entity", "citizen")
    assert example.ask("SELECT * FROM v_golden_citizen")[0] == golden[1:]
    assert example.ask("SELECT * FROM v_golden_business")[1] == []


def test_the_integrators_queries_answer(example: Example) -> None:
    queries = [text for language, _, text in blocks(ROOT / "docs" / "integrator.md") if language == "sql"]
    lineage, golden = (example.ask(query)[1] for query in queries)
    assert ("name", "Nguyễn Thị Hòa") in [row[:2] for row in lineage]
    assert [row[0] for row in sorted(golden)] == ["C000000001V", "C000000002T", "C000000003R", "C000000004P"]


def test_the_scheduler_reads_of_every_key_of_a_summary(example: Example) -> None:
    told = cells("scheduler.md", "progress goes to standard error:\n")
    keys = [name for cell in told for name in names(cell)]
    summary = mdm("run", example.folder, "--json").json
    assert sorted(summary) == sorted(keys)
    assert list(summary["seconds"]) == names(told["`seconds`"])
    assert list(summary["sources"][0]) == names(told["`sources`"])


def test_a_source_without_its_file_is_held_as_the_scheduler_reads(example: Example, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(example.folder, tmp_path / "held"))
    (folder / "y_te.csv").unlink()
    ended = mdm("run", folder, "--json")
    told = cells("scheduler.md", "progress goes to standard error:\n")
    assert ended.code == 3
    assert list(ended.json["held"][0]) == names(told["`held`"])
    assert json.loads((folder / "mdm.log").read_text("utf-8").splitlines()[-1])["exit_code"] == 3
    assert mdm("digest", folder).out == mdm("digest", example.folder).out


def test_the_readmes_first_commands_work_on_files_that_nobody_mapped(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("y_te.csv", "bao_hiem.csv"):
        shutil.copy(example.folder / name, tmp_path)
    own = next(text for _, _, text in blocks(ROOT / "README.md") if "mdm init" in text)
    for line in own.splitlines():
        ended = mdm(*line.partition("#")[0].split()[1:])
        assert ended.code == 0, ended.said
    assert (tmp_path / "crosswalk.csv").read_text("utf-8").count("\n") == 8


def test_every_gate_is_named_to_the_scheduler() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "mdm" / "sources").glob("*.py"))
    text = (ROOT / "docs" / "scheduler.md").read_text("utf-8")
    gates = set(re.findall(r"gate\b.*= f\"(\w+):\{", code))
    assert gates == {"empty", "unusable"}
    assert [gate for gate in gates if f"`{gate}:SOURCE`" not in text] == []


if __name__ == "__main__":
    for document in DOCS:
        document.write_text(renewed(document.read_text("utf-8")), "utf-8")
