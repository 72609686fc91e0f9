"""The mutants of a module, and a sample of those of several modules.

The operators are mutmut's: a number becomes the next one, a string another string, a comparison its neighbour, an
argument ``None`` or nothing, and so on. They are applied everywhere but where nothing runs (annotations, docstrings,
what only type checkers read) and where a name is declared (imports, decorators, ``__all__``, ``__slots__``).
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

__all__ = ["Mutant", "Sites", "sample"]


@dataclass(frozen=True)
class Mutant:
    """One change of one module."""

    module: str
    """The path in the package."""
    scope: str
    """The function or class that it stands in, dotted, or nothing."""
    lines: range
    """The lines of the statement, or of its head if others stand in it."""
    importing: bool
    """Whether these lines run when the module is imported."""
    code: str
    """The whole module, changed."""
    old: str
    """The lines that change, without indentation."""
    new: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it changes, apart from where that stands in the module."""
        return self.module, self.scope, self.old, self.new


@dataclass(frozen=True)
class Site:
    """A place where an operator applies: the node, and what would stand there."""

    node: cst.CSTNode
    mutated: cst.CSTNode
    scope: str
    lines: range
    importing: bool
    key: str = field(repr=False)
    """What is drawn by: what the change is, apart from where it stands in the module."""


@dataclass(frozen=True)
class Where:
    """Where a walk has come to."""

    scope: str
    lines: range
    importing: bool


class Sites:
    """All places of a module where an operator applies."""

    def __init__(self, module: str, source: str) -> None:
        self.module = module
        self.source = source
        wrapper = MetadataWrapper(cst.parse_module(source))
        self._tree = wrapper.module
        self._positions = wrapper.resolve(PositionProvider)
        self._seen: Counter[str] = Counter()
        self.all = list(self._walk(self._tree, Where("", range(0), True)))

    def mutant(self, site: Site) -> Mutant | None:
        """The mutant at a place, unless Python cannot read it or it is the same program."""
        code = self._tree.code_for_node(self._tree.deep_replace(site.node, site.mutated))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(code, self.module, "exec", dont_inherit=True)
                if ast.dump(ast.parse(code)) == ast.dump(ast.parse(self.source)):
                    return None
        except SyntaxError:
            return None
        old, new = [], []
        for line in difflib.ndiff(self.source.splitlines(), code.splitlines()):
            if line.startswith("- "):
                old.append(line[2:].strip())
            elif line.startswith("+ "):
                new.append(line[2:].strip())
        return Mutant(self.module, site.scope, site.lines, site.importing, code, "\n".join(old), "\n".join(new))

    def _walk(self, node: cst.CSTNode, where: Where) -> Iterator[Site]:
        if _is_declaration(node):
            return
        if isinstance(node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            where = Where(where.scope, self._head(node), where.importing)
        if where.lines:
            for kind, operator in mutation_operators:
                if isinstance(node, kind):
                    for mutated in operator(node):
                        yield self._site(node, mutated, where)
        for child in node.children:
            yield from self._walk(child, self._inside(node, child, where))

    def _inside(self, node: cst.CSTNode, child: cst.CSTNode, where: Where) -> Where:
        if isinstance(node, cst.FunctionDef | cst.ClassDef) and child is node.body:
            scope = f"{where.scope}.{node.name.value}" if where.scope else node.name.value
            return Where(scope, where.lines, where.importing and isinstance(node, cst.ClassDef))
        if isinstance(node, cst.Lambda) and child is node.body:
            return Where(where.scope, where.lines, False)
        return where

    def _head(self, node: cst.CSTNode) -> range:
        at = self._positions[node]
        body = getattr(node, "body", None)
        if not isinstance(body, cst.IndentedBlock):
            return range(at.start.line, at.end.line + 1)
        first = self._positions[body.body[0]].start.line if body.body else at.end.line + 1
        return range(at.start.line, max(first, at.start.line + 1))

    def _site(self, node: cst.CSTNode, mutated: cst.CSTNode, where: Where) -> Site:
        change = "\0".join([where.scope, self._tree.code_for_node(node), self._tree.code_for_node(mutated)])
        self._seen[change] += 1
        return Site(node, mutated, where.scope, where.lines, where.importing, f"{change}\0{self._seen[change]}")


def _is_declaration(node: cst.CSTNode) -> bool:
    """Whether nothing in this runs, or it only says what names there are."""
    match node:
        case cst.Annotation() | cst.Decorator() | cst.Import() | cst.ImportFrom():
            return True
        case cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString()):
            return True
        case (
            cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))])
            | cst.AnnAssign(target=cst.Name(value=name))
        ) if name in _NAMES:
            return True
        case cst.Assign(value=cst.Call(func=func)) if _name(func) in _DECLARING:
            return True
        case cst.AnnAssign(annotation=cst.Annotation(annotation=cst.Name(value="TypeAlias"))):
            return True
        case cst.If(test=cst.Name(value="TYPE_CHECKING")):
            return True
        case cst.FunctionDef(decorators=decorators):
            return any(_name(decorator.decorator) == "overload" for decorator in decorators)
    return isinstance(node, cst.Call) and _name(node.func) == "cast"


_NAMES = {"__all__", "__slots__", "__match_args__"}
_DECLARING = {"NewType", "ParamSpec", "TypeVar", "TypeVarTuple"}


def _name(node: cst.CSTNode) -> str:
    match node:
        case cst.Attribute(attr=cst.Name(value=str(name))) | cst.Name(value=str(name)):
            return name
    return ""


def sample(sources: Mapping[str, str], size: int, seed: str) -> Iterator[Mutant]:
    """About ``size`` mutants of modules, given as path and source: each module has its share by the number of its
    mutants, and at least one. They come in an order that is drawn too, so any beginning is a sample."""
    sites = {module: found for module, source in sources.items() if (found := Sites(module, source)).all}
    shares = share({module: len(found.all) for module, found in sites.items()}, size)
    drawn = []
    for module, found in sites.items():
        ordered = sorted((_draw(seed, module, site.key), number) for number, site in enumerate(found.all))
        for place, (_, number) in enumerate(ordered):
            # What cannot be used gives its place to the next one.
            drawn.append(((place + 0.5) / shares[module], _draw(seed, module, ""), module, number))
    left = dict(shares)
    for _, _, module, number in sorted(drawn):
        if left[module]:
            mutant = sites[module].mutant(sites[module].all[number])
            if mutant is not None:
                left[module] -= 1
                yield mutant


def share(sizes: Mapping[str, int], total: int) -> dict[str, int]:
    """A total divided by sizes: each gets at least one, at most its size, and what is left over goes to the largest
    remainders."""
    whole = sum(sizes.values())
    exact = {name: total * size / whole for name, size in sizes.items()}
    shares = {name: min(sizes[name], max(1, int(part))) for name, part in exact.items()}
    for name in sorted(exact, key=lambda name: int(exact[name]) - exact[name]):
        if sum(shares.values()) >= total:
            break
        if shares[name] < min(sizes[name], exact[name]):
            shares[name] += 1
    return shares


def _draw(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
