"""The rules of the page, as functions over a source tree: sizes, docstrings, annotations and imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture import (
    MAX_FILE_LINES,
    MAX_FUNCTION_LINES,
    Found,
    Tree,
    Violation,
    import_direction,
    key_names_in_keys,
    libraries_in_their_room,
    lua_contracts,
    no_cycles,
    pure_stages,
    read_tree,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def imports_at_the_top(tree: Tree) -> Found:
    """Keep imports absolute, out of functions, and away from the private names of other modules."""
    for source in tree.sources.values():
        for node in ast.walk(source.tree):
            match node:
                case ast.ImportFrom(level=level) if level:
                    yield source.path, node.lineno, "a relative import"
                case ast.ImportFrom(module=module, names=names):
                    private = [a.name for a in names if a.name.startswith("_") and not a.name.startswith("__")]
                    yield from ((source.path, node.lineno, f"{name} is private to {module}") for name in private)
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                    yield from ((source.path, n.lineno, f"an import inside {node.name}") for n in inner)
                case _:
                    pass


def short_files(tree: Tree) -> Found:
    """Keep every file, Python and Lua, within MAX_FILE_LINES."""
    texts = {source.path: source.text for source in tree.sources.values()} | dict(tree.scripts)
    for path, text in texts.items():
        if (lines := len(text.splitlines())) > MAX_FILE_LINES:
            yield path, lines, f"{lines} lines, {MAX_FILE_LINES} at most"


def short_functions(tree: Tree) -> Found:
    """Keep every function within MAX_FUNCTION_LINES, docstring and decorators not counted."""
    for path, function, _ in _functions(tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1 - _docstring_lines(function)
        if lines > MAX_FUNCTION_LINES:
            yield path, function.lineno, f"{function.name} has {lines} lines, {MAX_FUNCTION_LINES} at most"


def documented(tree: Tree) -> Found:
    """Ask every module, and every public class and function that is not inside a function, for a docstring."""
    for source in tree.sources.values():
        if source.tree.body and ast.get_docstring(source.tree) is None:
            yield source.path, 1, "the module has no docstring"
        for node in _public(source.tree):
            if ast.get_docstring(node) is None and not _is_overload(node):
                yield source.path, node.lineno, f"{node.name} has no docstring"


def annotated(tree: Tree) -> Found:
    """Ask every function for the types of its arguments and of its result."""
    for path, function, in_class in _functions(tree):
        arguments = function.args
        positional = [*arguments.posonlyargs, *arguments.args]
        if in_class and positional and not _is_static(function):
            positional = positional[1:]
        every = [*positional, *arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg))]
        bare = [argument.arg for argument in every if argument.annotation is None]
        if function.returns is None:
            bare.append("its result")
        if bare:
            yield path, function.lineno, f"{function.name} has no type for {', '.join(bare)}"


def _functions(tree: Tree) -> Iterator[tuple[str, Function, bool]]:
    """Yield every function with the path of its file and whether it stands directly in a class."""
    for source in tree.sources.values():
        methods = {id(n) for c in ast.walk(source.tree) if isinstance(c, ast.ClassDef) for n in c.body}
        for node in ast.walk(source.tree):
            if isinstance(node, Function):
                yield source.path, node, id(node) in methods


def _public(scope: ast.Module | ast.ClassDef) -> Iterator[ast.ClassDef | Function]:
    for node in scope.body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node)


def _decorators(node: ast.ClassDef | Function) -> set[str]:
    return {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}


def _is_overload(node: ast.ClassDef | Function) -> bool:
    return bool(_decorators(node) & {"overload", "setter"})


def _is_static(function: Function) -> bool:
    return "staticmethod" in _decorators(function)


def _docstring_lines(function: Function) -> int:
    if ast.get_docstring(function) is None:
        return 0
    first = function.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1


RULES = (
    import_direction,
    no_cycles,
    libraries_in_their_room,
    key_names_in_keys,
    pure_stages,
    lua_contracts,
    imports_at_the_top,
    short_files,
    short_functions,
    documented,
    annotated,
)
"""Every rule; its name is the name of its function."""


def violations(root: Path) -> list[Violation]:
    """Return everything under *root* that breaks a rule, in the order of the rules."""
    tree = read_tree(root)
    return [Violation(rule.__name__, *found) for rule in RULES for found in rule(tree)]
