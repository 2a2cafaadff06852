"""House rules that no linter knows, each named by its advice."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = sorted(ROOT.glob("requirements*.txt"))


def tracked() -> list[Path]:
    """Every file that a clone would have."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]


TRACKED = tracked()
MODULES = [path for path in TRACKED if path.suffix == ".py"]
PRODUCT = [path for path in MODULES if path.relative_to(ROOT).parts[0] in ("mdm", "matchers")]
MATCHERS = [path for path in PRODUCT if path.relative_to(ROOT).parts[0] == "matchers"]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(paths: list[Path]) -> Iterator[tuple[str, ast.AST]]:
    """Every import, call and attribute in the modules, with its place."""
    for path in paths:
        for node in walked(path):
            yield f"{name(path)}:{getattr(node, 'lineno', 0)}", node


@cache
def walked(path: Path) -> list[ast.AST]:
    kinds = (ast.Import, ast.ImportFrom, ast.Call, ast.Attribute)
    return [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, kinds)]


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    return [(node.module or "").partition(".")[0]] if isinstance(node, ast.ImportFrom) else []


def called(node: ast.AST) -> str:
    """The name of what is called: `print`, or `.hash` for a method."""
    if not isinstance(node, ast.Call):
        return ""
    return f".{node.func.attr}" if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_there_is_something_to_look_at() -> None:
    assert len(PRODUCT) > 100
    assert len(MATCHERS) > 20
    assert len(LOCKS) == 2


def test_no_clock_chance_or_system_in_matchers_take_an_argument() -> None:
    banned = {"time", "datetime", "random", "os", "sys", "secrets", "uuid", "pathlib", "io", "logging"}
    assert [place for place, node in nodes(MATCHERS) if banned & set(imported(node))] == []


def test_chance_in_matchers_takes_a_seed() -> None:
    """Numpy's global state, and a generator that is seeded by nobody, are chance."""
    used = [
        (place, node.attr)
        for place, node in nodes(MATCHERS)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "random"
    ]
    assert [use for use in used if use[1] not in ("Generator", "PCG64")] == []
    unseeded = [place for place, node in nodes(MATCHERS) if called(node) == ".PCG64" and not node.args]  # type: ignore[attr-defined]
    assert unseeded == []


def test_nothing_prints_hand_text_to_the_command() -> None:
    assert [place for place, node in nodes(PRODUCT) if called(node) == "print"] == []


def test_no_hash_that_changes_between_versions_use_blake2b() -> None:
    wrong = ("hash", ".hash", ".hash_rows")
    assert [place for place, node in nodes(PRODUCT) if called(node) in wrong] == []


def test_only_the_edges_read_the_environment() -> None:
    """Settings are read once; how the program was called is the command line's own business."""
    reading = {
        place.partition(":")[0]
        for place, node in nodes(PRODUCT)
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb")) or called(node) == ".getenv"
    }
    assert reading <= {"mdm/workspace/settings.py"}


def test_a_helper_lives_with_its_user_or_in_a_module_named_for_its_idea() -> None:
    drawers = {"utils", "util", "helpers", "helper", "misc", "common", "tools"}
    assert [name(path) for path in MODULES if drawers & set(path.relative_to(ROOT).with_suffix("").parts)] == []


def test_files_of_tests_have_names_of_their_own() -> None:
    """Test folders are no packages, so two modules of one name would be one."""
    names = Counter(path.name for path in MODULES if path.relative_to(ROOT).parts[0] == "tests")
    del names["conftest.py"]
    assert [each for each, count in names.items() if count > 1] == []


@pytest.mark.parametrize("lock", LOCKS, ids=name)
def test_a_lock_pins_by_hash_and_names_no_index(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "://" not in text
    assert re.findall(r"^\s*(?:-i|-f|--(?:extra-)?index-url|--find-links|--trusted-host)\b.*", text, re.MULTILINE) == []
    requirements = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(requirements) > 10
    assert [
        each.splitlines()[0]
        for each in requirements
        if not re.match(r"[\w.\[\]-]+==\S+ .*\\\n\s+--hash=sha256:\w{64}", each)
    ] == []


REGISTRIES = re.compile(
    r"py[p]i\.(?:org|python)|pytho[n]hosted|np[m]js\.|crate[s]\.io|anacond[a]\.org|artifactor[y]|index-ur[l]\s*=",
    re.IGNORECASE,
)
PLACES = re.compile(r"(?<![\w.:/<}-])/(?:wor[k]|roo[t]|hom[e]/\w+|User[s]/\w+|mn[t]|workspac[e])/[\w.-]")


def texts() -> Iterator[tuple[str, str]]:
    """Every tracked file that is text, line by line."""
    for path in TRACKED:
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            yield f"{name(path)}:{number}", line


def test_no_tracked_file_names_a_package_registry() -> None:
    assert [place for place, line in texts() if REGISTRIES.search(line)] == []


def test_no_tracked_file_names_a_place_of_one_machine() -> None:
    assert [place for place, line in texts() if PLACES.search(line)] == []


def test_the_rules_recognise_what_they_forbid() -> None:
    assert REGISTRIES.search("https://py" + "pi.org/simple")
    assert PLACES.search('open("/ho' + 'me/someone/x.csv")')
    assert PLACES.search("cd /roo" + "t/project")
    assert not PLACES.search("see https://example.org/home/page and mdm/workspace/settings.py")


def test_pictures_are_small() -> None:
    large = [
        name(path) for path in TRACKED if path.suffix in (".png", ".jpg", ".svg") and path.stat().st_size > 150_000
    ]
    assert large == []
