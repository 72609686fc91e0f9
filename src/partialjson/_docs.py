"""The documentation of the compiled classes, read from their sources when somebody asks for it.

The compiler keeps no docstrings, and of a constructor not even the parameters. The sources lie beside the compiled
modules. So each public class of the core gets two descriptors: ``__doc__`` reads the docstring from the source, and
``__signature__`` the parameters of ``__init__``. Methods of a compiled class take no attributes, so what they are for
stands at the end of the docstring of their class. Importing the library pays for none of this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ast
    from inspect import Signature

__all__ = ["give_docs"]


def give_docs(*classes: type) -> None:
    """Give compiled classes their docstrings and signatures."""
    for each in classes:
        attributes: Any = each
        attributes.__doc__ = _Doc()
        attributes.__signature__ = _Signature()


class _Doc:
    def __get__(self, instance: object, owner: type) -> str | None:
        found = _class(owner)
        return None if found is None else _doc(found)


class _Signature:
    def __get__(self, instance: object, owner: type) -> Signature | None:
        import ast

        found = _class(owner)
        for each in found.body if found is not None else []:
            if isinstance(each, ast.FunctionDef) and each.name == "__init__":
                return _signature(each)
        return None


class _Source:
    """What stands in place of a default value that is not a literal."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _class(owner: type) -> ast.ClassDef | None:
    """The definition of a class in the source beside its module; None where there is no source."""
    import ast
    import importlib.resources

    package, _, module = owner.__module__.rpartition(".")
    try:
        source = importlib.resources.files(package).joinpath(f"{module}.py").read_text("utf-8")
    except OSError:
        return None
    for each in ast.parse(source).body:
        if isinstance(each, ast.ClassDef) and each.name == owner.__name__:
            return each
    return None


def _doc(of: ast.ClassDef) -> str | None:
    import ast

    text: str | None = ast.get_docstring(of)
    parts = [] if text is None else [text]
    for each in of.body:
        if not isinstance(each, ast.FunctionDef) or each.name.startswith("_"):
            continue
        about = ast.get_docstring(each)
        if about is not None:
            decorators = {ast.unparse(decorator) for decorator in each.decorator_list}
            head = each.name if "property" in decorators else f"{each.name}{_signature(each)}"
            parts.append(head + "\n" + "\n".join(f"    {line}".rstrip() for line in about.splitlines()))
    return "\n\n".join(parts) or None


def _signature(of: ast.FunctionDef) -> Signature:
    """The parameters without ``self``, with annotations as they are spelled."""
    import ast
    from inspect import Parameter, Signature

    given = of.args
    positional = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(positional) - len(given.defaults)) + list(given.defaults)
    kinds = [Parameter.POSITIONAL_ONLY] * len(given.posonlyargs) + [Parameter.POSITIONAL_OR_KEYWORD] * len(given.args)
    found = []

    def add(argument: ast.arg, kind: Any, default: ast.expr | None) -> None:
        annotation = Parameter.empty if argument.annotation is None else _Source(ast.unparse(argument.annotation))
        value: Any = Parameter.empty if default is None else _Source(ast.unparse(default))
        found.append(Parameter(argument.arg, kind, default=value, annotation=annotation))

    for argument, kind, default in zip(positional, kinds, defaults, strict=True):
        add(argument, kind, default)
    if given.vararg is not None:
        add(given.vararg, Parameter.VAR_POSITIONAL, None)
    for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        add(argument, Parameter.KEYWORD_ONLY, default)
    if given.kwarg is not None:
        add(given.kwarg, Parameter.VAR_KEYWORD, None)
    if found and found[0].name == "self":
        del found[0]
    returned = Signature.empty if of.returns is None else _Source(ast.unparse(of.returns))
    return Signature(found, return_annotation=returned)
