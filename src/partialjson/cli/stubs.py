"""``partialjson stubs``: classes that tell type checkers which attributes a partial object has.

``Parser.value`` is typed Any, because Python cannot compute a type from a model. This command writes such types to a
file: for each model ``Order``, a class ``PartialOrder`` with the model's fields, each of which may be missing, and an
alias ``OrderView`` for everything that ``value`` may be. At run time ``PartialOrder`` is ``Partial[Order]`` itself, so
the same name serves in annotations and in ``isinstance``.

A field may be shown only in part, so its type is wider than the model's: a nested model or its partial class, a list of
these, a list where a tuple or a set will be.

What Python cannot write is left out: a model or a field whose name is no identifier (``create_model`` takes any) is
named in a comment, and a class that its module has under no name is Any.
"""

from __future__ import annotations

import builtins
import collections.abc
import enum
import importlib
import keyword
import os
import re
import sys
import types
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final, ForwardRef, Literal, NewType, TextIO, TypeVar, Union, get_args, get_origin

from partialjson.cli.exits import Exit

__all__ = ["StubsError", "run", "write"]

_LISTS: Final = (collections.abc.Sequence, collections.abc.Iterable, collections.abc.Collection)
_SETS: Final = (set, frozenset, collections.deque, collections.abc.Set, collections.abc.MutableSequence)
_DEPTH: Final = 50


class StubsError(Exception):
    """There is nothing to write stubs for."""


def run(spec: str, output: str | None, check: bool, out: TextIO) -> int:
    """Write the stubs, or compare them with the file; returns the exit code."""
    text = write(spec)
    if output is None:
        print(text, end="", file=out)
        return Exit.COMPLETE
    path = Path(output)
    if check:
        try:
            current = path.read_text(encoding="utf-8")
        except OSError:
            current = ""
        if current != text:
            print(f"{output} is not what partialjson stubs {spec} writes; run it again", file=sys.stderr)
            return Exit.DIFFERENT
        return Exit.COMPLETE
    path.write_text(text, encoding="utf-8")
    return Exit.COMPLETE


def write(spec: str) -> str:
    """The stubs of a module's models, ``package.module``, or of one of them, ``package.module:Order``.

    Raises:
        StubsError: the module cannot be imported, or has no such models.
    """
    module_name, _, name = spec.partition(":")
    if module_name.endswith(".py"):
        module_name = ".".join(Path(module_name).with_suffix("").parts)
    if "" not in sys.path and os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        raise StubsError(
            f"{module_name} cannot be imported: {type(error).__name__}: {error}".splitlines()[0]
        ) from error
    return _Stubs(f"{module_name}:{name}" if name else module_name, _models_of(module, name)).text()


def _models_of(module: types.ModuleType, name: str) -> list[Any]:
    found = [each for each in vars(module).values() if _is_model(each) and each.__module__ == module.__name__]
    if name:
        found = [each for each in vars(module).values() if _is_model(each) and each.__qualname__ == name]
    if not found:
        wanted = f"no model {name}" if name else "no models"
        raise StubsError(f"{module.__name__} has {wanted}: classes of pydantic.BaseModel are what stubs are for")
    return list(dict.fromkeys(found))


def _is_model(thing: Any) -> bool:
    """A pydantic model with fields of its own: not a root model, and not a generic one without its parameters."""
    from pydantic import BaseModel, RootModel

    if not isinstance(thing, type) or not issubclass(thing, BaseModel) or issubclass(thing, RootModel):
        return False
    return thing is not BaseModel and not thing.__pydantic_generic_metadata__["parameters"]


class _Stubs:
    """The text of one file: models, those they refer to, and the modules that have to be imported."""

    def __init__(self, spec: str, models: list[Any]) -> None:
        self.spec = spec
        self.roots = models
        self.names: dict[Any, str] = {}
        self.modules: dict[str, str] = {}
        self.typing: set[str] = set()
        # In a class body the name of a field hides a builtin of that name.
        self.hidden: set[str] = set()
        todo = list(models)
        while todo:
            model = todo.pop(0)
            if model not in self.names and self._path_of(model):
                self.names[model] = self._name(model)
                model.model_rebuild()
                for field in model.model_fields.values():
                    todo.extend(each for each in _models_in(field.annotation) if each not in self.names)
        if not self.names:
            raise StubsError(f"{spec} has no model that Python code can name")
        self.hidden = {field for model in self.names for field in model.model_fields if hasattr(builtins, field)}

    def _name(self, model: Any) -> str:
        letters = unicodedata.normalize("NFKC", model.__name__)
        name = "Partial" + "".join(each for each in letters if f"a{each}".isidentifier())
        taken = set(self.names.values())
        return next(each for each in (name, *(f"{name}{number}" for number in range(2, 99))) if each not in taken)

    def text(self) -> str:
        classes = [self._class(model) for model in self.names]
        bindings = [f"    {name} = Partial[{self.final(model)}]" for model, name in self.names.items()]
        views = [
            f"{name.removeprefix('Partial')}View: TypeAlias = {self.final(model)} | {name} | Missing"
            for model, name in self.names.items()
        ]
        exported = [*self.names.values(), *(view.partition(":")[0] for view in views)]
        imports = [f"import {module} as {alias}" for module, alias in sorted(self.modules.items())]
        parts = [
            f'"""What has come of the models of {_in_docstring(self.spec.partition(":")[0])}, for type checkers.\n\n'
            f"Written by ``partialjson stubs {_in_docstring(self.spec)}``; write it again when the models change.\n"
            '"""\n',
            "# fmt: off\n# ruff: noqa: E501, I001\nfrom __future__ import annotations\n",
            f"from typing import {', '.join(sorted({'TYPE_CHECKING', 'TypeAlias', *self.typing}))}\n",
            "\n".join([*imports, "from partialjson import Missing, Partial\n"]),
            "__all__ = [\n" + "".join(f'    "{each}",\n' for each in sorted(exported)) + "]\n",
            "if TYPE_CHECKING:\n\n" + "\n\n".join(classes) + "\n\nelse:\n" + "\n".join(bindings) + "\n",
            "\n".join(views) + "\n",
        ]
        return "\n".join(parts)

    def _class(self, model: Any) -> str:
        name = self.names[model]
        lines = [
            f"    class {name}(Partial[{self.final(model)}]):",
            # Names that are not fields are errors here; on a bare Partial they are Any.
            "        __getattr__: None  # type: ignore[assignment, misc]",
        ]
        for field, info in model.model_fields.items():
            if not _is_name(field):
                lines.append(f"        # {field!a} cannot be written as an attribute.")
                continue
            lines.append(f"        {field}: {_joined([*self.shown(info.annotation), 'Missing'])}")
        return "\n".join(lines)

    # Types as source text: what is shown while a value grows, and what it is in the end.

    def shown(self, annotation: Any, depth: int = 0) -> list[str]:
        """The types, joined by ``|``, that a value may have in a partial object."""
        annotation = _bare(annotation)
        if depth > _DEPTH:
            return [self._any()]
        if annotation in self.names:
            return [self.final(annotation), self.names[annotation]]
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin in (Union, types.UnionType):
            return [each for one in arguments for each in self.shown(one, depth + 1)]
        final = self.final(annotation)
        if origin is list:
            return [self._growing_list(arguments, depth)]
        if origin in _LISTS:
            return [f"{self.name_of(collections.abc.Sequence)}[{self._elements(arguments, depth)}]"]
        if origin in _SETS or origin is tuple:
            return [final, self._growing_list([each for each in arguments if each is not Ellipsis], depth)]
        if isinstance(origin, type) and issubclass(origin, collections.abc.Mapping) and len(arguments) == 2:
            key, value = arguments
            keys = _joined(dict.fromkeys([self.final(key), self.name_of(str)]))
            growing = f"{self.name_of(dict)}[{keys}, {_joined(self.shown(value, depth + 1))}]"
            return [growing] if origin is dict else [final, growing]
        if hasattr(annotation, "__dataclass_fields__"):
            return [final, f"Partial[{final}]"]
        if hasattr(annotation, "__total__"):
            return [final, f"{self.name_of(dict)}[{self.name_of(str)}, {self._any()}]"]
        return [final]

    def _growing_list(self, arguments: Any, depth: int) -> str:
        return f"{self.name_of(list)}[{self._elements(arguments, depth)}]"

    def _elements(self, arguments: Any, depth: int) -> str:
        """Invalid elements keep their index; they are missing."""
        return _joined([*(each for one in arguments for each in self.shown(one, depth + 1)), "Missing"])

    def final(self, annotation: Any, depth: int = 0) -> str:
        """The type of a complete value."""
        annotation = _bare(annotation)
        if annotation is None or annotation is type(None):
            return "None"
        if depth > _DEPTH or annotation is Any or isinstance(annotation, str | ForwardRef):
            return self._any()
        if isinstance(annotation, TypeVar):
            return self.final(annotation.__bound__, depth + 1) if annotation.__bound__ else self._any()
        metadata = getattr(annotation, "__pydantic_generic_metadata__", None)
        if metadata and metadata["origin"]:
            parameters = [self.final(each, depth + 1) for each in metadata["args"]]
            return f"{self.name_of(metadata['origin'])}[{', '.join(parameters)}]"
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is None:
            return self.name_of(annotation)
        if origin in (Union, types.UnionType):
            return _joined(self.final(each, depth + 1) for each in arguments)
        if origin is Literal:
            self.typing.add("Literal")
            if any(isinstance(each, enum.Enum) and not self._is_member(each) for each in arguments):
                return _joined(self.final(type(each), depth + 1) for each in arguments)
            return f"Literal[{', '.join(self._literal(each) for each in arguments)}]"
        if not arguments or any(isinstance(each, list) for each in arguments):
            return self.name_of(origin)
        inner = ", ".join("..." if each is Ellipsis else self.final(each, depth + 1) for each in arguments)
        return f"{self.name_of(origin)}[{inner}]"

    def _literal(self, value: Any) -> str:
        return f"{self.name_of(type(value))}.{value.name}" if isinstance(value, enum.Enum) else repr(value)

    def name_of(self, thing: Any) -> str:
        """The source text for a class; its module is imported under a name that no field can have."""
        path = self._path_of(thing) if isinstance(thing, type | NewType) else None
        if path is None:
            return self._any()
        module, name = path
        if module == "builtins" and name not in self.hidden:
            return name
        alias = self.modules.setdefault(module, "_" + re.sub(r"\W+", "_", module))
        return f"{alias}.{name}"

    def _path_of(self, thing: Any) -> tuple[str, str] | None:
        """The module of a class and its name there; None if Python code cannot name it."""
        origin = (getattr(thing, "__pydantic_generic_metadata__", None) or {}).get("origin")
        if origin is not None:
            return self._path_of(origin)
        module: str = getattr(thing, "__module__", None) or ""
        name: str = getattr(thing, "__qualname__", None) or ""
        if not all(_is_name(each) for each in module.split(".")):
            return None
        names = vars(sys.modules.get(module, object))
        found: Any = sys.modules.get(module)
        for each in name.split("."):
            found = getattr(found, each, None) if _is_name(each) else None
        if found is not thing:
            # It may have been made under one name and bound to another.
            name = next((each for each, bound in names.items() if bound is thing and _is_name(each)), "")
        return (module, name) if name else None

    def _is_member(self, value: enum.Enum) -> bool:
        return _is_name(value.name) and self._path_of(type(value)) is not None

    def _any(self) -> str:
        self.typing.add("Any")
        return "Any"


def _in_docstring(text: str) -> str:
    return ascii(text)[1:-1].replace('"', "'")


def _is_name(text: str) -> bool:
    """Can it be written as a name, and is it the same then? Python normalizes names."""
    return text.isidentifier() and not keyword.iskeyword(text) and unicodedata.normalize("NFKC", text) == text


def _bare(annotation: Any) -> Any:
    """The type without metadata and aliases."""
    for _ in range(_DEPTH):
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif hasattr(annotation, "__value__"):
            annotation = annotation.__value__
        else:
            break
    return annotation


def _models_in(annotation: Any, depth: int = 0) -> Iterator[Any]:
    annotation = _bare(annotation)
    if _is_model(annotation):
        yield annotation
    elif depth < _DEPTH:
        for each in get_args(annotation):
            yield from _models_in(each, depth + 1)


def _joined(parts: Iterable[str]) -> str:
    """A union; None comes last."""
    return " | ".join(sorted(dict.fromkeys(parts), key=lambda part: part == "None"))
