"""The architecture shows itself: a module imports only what stands to its left in docs/design.md."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "parley"
IMPURE = {"os", "io", "time", "random", "secrets", "socket", "logging", "pathlib", "subprocess", "threading", "asyncio"}


def declared() -> list[set[str]]:
    """The layers from left to right; names in braces share one layer and never import each other."""
    text = (ROOT / "docs" / "design.md").read_text("utf-8")
    block = re.search(r"```import-order\n(.*?)```", text, re.DOTALL)
    assert block, "docs/design.md has no import-order block"
    layers = " ".join(block[1].split()).split(" < ")
    return [{name.strip() for name in layer.strip("{} ").split(",")} for layer in layers]


def module_of(path: Path) -> str:
    """The room a file belongs to: its root module or its folder."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Every module a file imports, at its top or inside a function, as dotted names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{base}.{alias.name}" for alias in node.names} if base == "parley" else {base}
    return found


FILES = [path for path in sorted(SOURCE.rglob("*.py")) if path.name != "__init__.py" or path.parent != SOURCE]


def test_every_module_is_declared_and_every_declared_module_exists() -> None:
    declared_names = set().union(*declared())
    existing = {module_of(path) for path in FILES}
    assert existing - {"samples"} == declared_names


def test_a_module_imports_only_from_its_left() -> None:
    layers = declared()
    rank = {name: place for place, layer in enumerate(layers) for name in layer}
    wrong = []
    for path in FILES:
        room = module_of(path)
        for name in imports(path):
            if not name.startswith("parley."):
                continue
            target = name.split(".")[1]
            if target == room or target == "samples":
                continue
            if rank[target] >= rank[room]:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong


def test_the_depositary_cannot_read() -> None:
    """Promise 1 can be seen in the imports: nothing that knows a document's content is within the server's reach."""
    forbidden = {f"parley.{name}" for name in ("document", "disclosure", "envelope", "age", "articulate")}
    reached, waiting = set(), {path for path in FILES if module_of(path) == "depositary"}
    by_room: dict[str, set[Path]] = {}
    for path in FILES:
        by_room.setdefault(module_of(path), set()).add(path)
    while waiting:
        path = waiting.pop()
        reached.add(path)
        names = {name for name in imports(path) if name.startswith("parley.")}
        assert not names & forbidden, f"{path} imports {names & forbidden}"
        for name in names:
            waiting |= by_room.get(name.split(".")[1], set()) - reached
    assert reached


EDGES = {"articulate", "record", "words", "depositary", "client", "cli", "samples"}
REACHES = {"open", "print", "input"}
CLOCKS = {"now", "utcnow", "today"}


def test_the_kernel_is_pure() -> None:
    """No clock, no randomness, no file, no socket in the root modules: they are passed in."""
    for path in FILES:
        if module_of(path) in EDGES:
            continue
        names = {name.split(".")[0] for name in imports(path)}
        assert not names & IMPURE, f"{path.name} imports {names & IMPURE}"
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in REACHES, f"{path.name}: {node.func.id}"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in CLOCKS, f"{path.name}: {node.func.attr}"


def test_only_crypto_imports_the_cryptography_library() -> None:
    importers = {path.name for path in FILES if any(name.split(".")[0] == "cryptography" for name in imports(path))}
    assert importers == {"crypto.py"}


def test_every_library_that_is_imported_is_declared_and_has_its_line() -> None:
    """Not one that merely comes along with another: it may stay away in the other's next version."""
    found = {name.split(".")[0] for path in FILES for name in imports(path)}
    foreign = found - set(sys.stdlib_module_names) - {"parley"}
    distributions = packages_distributions()
    used = {distributions[name][0].lower() for name in foreign}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared_ = {re.split("[<>=!~;\\[ ]", line, maxsplit=1)[0] for line in project["dependencies"]}
    reasons = (ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text("utf-8")
    assert len(used) > 10
    assert used - declared_ == set()
    assert {name for name in declared_ if f"`{name}`" not in reasons} == set()


LARGE_FILES: dict[str, str] = {
    "act.py": "the closed set is one table, and is read as one",
    "client/delegation.py": "one short method for each thing an officer does, and nothing else",
}
"""Modules above 440 lines, each with its reason."""


def test_rooms_keep_their_size() -> None:
    for path in FILES:
        lines = len(path.read_text("utf-8").splitlines())
        assert lines <= 440 or path.relative_to(SOURCE).as_posix() in LARGE_FILES, f"{path.name} has {lines} lines"


def test_functions_keep_their_size() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                size = node.end_lineno - node.lineno + 1
                assert size <= 60, f"{path.name}: {node.name} has {size} lines"


def test_nothing_names_a_machine_or_a_registry() -> None:
    """No machine path and no registry host in any file that is kept."""
    words = ["/work/", "/root/", "/home/"] + [
        f"{host}.{end}" for host, end in (("pypi", "org"), ("pythonhosted", "org"))
    ]
    words += ["registry.npmjs" + ".org", "deb.debian" + ".org", "proxy.golang" + ".org"]
    kept = [
        p for p in ROOT.rglob("*") if p.is_file() and not any(part in SKIPPED for part in p.relative_to(ROOT).parts)
    ]
    for path in kept:
        if path.suffix in {".png", ".pdf", ".docx", ".age", ".bin"} or path == Path(__file__):
            continue
        text = path.read_text("utf-8", errors="replace")
        for word in words:
            assert word not in text, f"{path.relative_to(ROOT)} names {word}"


SKIPPED = {".git", ".venv", ".build", ".ruff_cache", ".mypy_cache", ".pytest_cache", ".hypothesis", "node_modules",
           "uv.lock", "__pycache__", "dist", ".coverage"}  # fmt: skip
