"""Plans: what may stand at a place of the document, and what to do when it closes.

A plan is data that a compiler in another layer makes (from pydantic core schemas, or JSON Schema). The core follows it
without knowing where it came from. There are three kinds of object:

``Plan``
    one place. It can always settle the place as a whole, from its text (``settle``). For the JSON kinds in ``exact``
    the parsed value is already the result, and nothing is called. If it has a ``Shape`` for objects or arrays, the
    place is followed inside and settles from its settled children instead. What may stand there is said by its
    ``Spec``.
``Shape``
    a container that is followed: which plan stands under which key, what its partial view looks like while it is open,
    and how to settle it from its children.
``Switch``
    an object that has one of several shapes, where one of its members decides which. Members that come before that one
    wait as text; until then, nothing of the object is shown or validated. When the member closes, the switch chooses
    the plan, and the waiting members settle. An object in which that member never comes settles as a whole.

Settling gives the final value, or a ``Failure`` with the validator's error; it never raises for bad data. A ``Failure``
may also say that there is to be no value here, though nothing is wrong (``Failure.waiver``).

Plans are compiled once and shared by parsers. What differs between parsers (a validation context, the value for absent
fields) is passed beside the plan, as a ``run`` that only its compiler looks into.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, final

from partialjson._core.spec import Spec

if TYPE_CHECKING:
    from mypy_extensions import i64


@final
class Failure:
    """What settling gives for a value that does not fit.

    The validator's error is made when somebody asks for it: a container's tells all that is wrong inside, and most of
    the containers around one fault are never asked.

    Some values are *waived* instead: a validator asked to leave the value out of its container, or for the default in
    its place. That is no fault. The containers around it see to it when they close; if none does, the error is raised.

    Attributes:
        make: makes the error; None where it was given.
        waiver: for a waived value, the exception that tells its container so; None for one that does not fit.
        list_all: gives all that is wrong, for an error that tells one thing; None if the error itself tells everything.
    """

    def __init__(
        self,
        error: Exception | None,
        make: Callable[[], Exception] | None = None,
        waiver: Exception | None = None,
        list_all: Callable[[], list[Any]] | None = None,
    ) -> None:
        self._error = error
        self.make = make
        self.waiver = waiver
        self.list_all = list_all

    @property
    def error(self) -> Exception:
        """The validator's error, the same each time."""
        error = self._error
        if error is None:
            assert self.make is not None
            error = self._error = self.make()
        return error

    @property
    def errors(self) -> list[Any]:
        """All that is wrong, as the validator lists it."""
        return lines_of(self.error) if self.list_all is None else self.list_all()


def lines_of(error: BaseException) -> list[Any]:
    """What is wrong according to an error: its line errors, or the error itself."""
    errors: Any = getattr(error, "errors", None)
    return [error] if errors is None else list(errors())


@final
class RawText:
    """Among settled children, one that its container settles itself, from its text."""

    def __init__(self, text: str) -> None:
        self.text = text


NO_NAMES: Final[frozenset[str]] = frozenset()

# What is special about a child.
HIDDEN: Final = 1
RAW: Final = 2
FIRST: Final = 4


@final
class Child:
    """A known place in a followed container: the name it has in the partial view, and the plan that stands there.

    Attributes:
        plan: None if the value is not part of the result.
        after: the keys that count before this one, where the same place may have several.
        traits: bit set. ``HIDDEN``: never shown in the open container. ``RAW``: passed to the container's ``close`` as
            text, unsettled; also hidden. ``FIRST``: the container is not shown before this child.
    """

    def __init__(self, name: str, plan: Plan | None, traits: i64 = 0, after: tuple[str, ...] = ()) -> None:
        self.name = name
        self.plan = plan
        self.traits = traits
        self.after = after


@final
class Shape:
    """A container that is followed inside.

    Attributes:
        children: known keys of an object, by their name in the document.
        items: the first elements of an array that have plans of their own.
        rest: the plan of all other array elements or keys; None if they are not part of the result.
        others: gives the plan of a key that is not among the children, for objects in which it depends on the key; None
            where ``rest`` is the plan of all.
        keeps_unnamed: are other keys kept though nothing is said of them (``Spec.keeps_unnamed``)?
        wrap: makes the partial view of an object from the dict of what has come and the run; None shows the dict or
            list itself.
        close: gives the final value or a ``Failure`` from the keys, the settled children, the JSON value and the run.
        whole: shown only when it has closed.
        is_plain: where no child has failed, the list or dict of the settled children is the result.
        is_direct: where no child has failed, the children shown under their keys are all the settled ones that count,
            and ``is_plain`` or ``quick`` goes by what is shown.
        mark: tells the partial view of an object which of its children have no final value yet; None if no reader asks.
        marked: the names of the children that it is told of.
        quick: if no child has failed, makes the final value from the dict of the settled children and the run, at less
            cost than ``close``; None if ``close`` is needed.
    """

    def __init__(
        self,
        close: Callable[[list[str | int], list[Any], Any, Any], Any],
        children: dict[str, Child],
        rest: Plan | None,
        wrap: Callable[[dict[str, Any], Any], Any] | None = None,
        items: list[Child] | None = None,
        whole: bool = False,
    ) -> None:
        self.close = close
        self.children = children
        self.rest = rest
        self.others: Callable[[str], Plan | None] | None = None
        self.keeps_unnamed = False
        self.wrap = wrap
        self.items: list[Child] = items or []
        self.whole = whole
        self.is_plain = False
        self.is_direct = False
        self.quick: Callable[[dict[str, Any], Any], Any] | None = None
        self.has_second_keys = any(child.after for child in children.values())
        self.mark: Callable[[Any, tuple[str, ...]], None] | None = None
        self.marked: frozenset[str] = NO_NAMES
        # Names of the children that have to come before the container is shown.
        self.firsts: list[str] = sorted({child.name for child in children.values() if child.traits & FIRST})


@final
class Switch:
    """An object whose plan is known only when one of its members has closed.

    Attributes:
        key: that member, by its name in the document.
        decide: returns the plan for the member's text and the run; None if no plan follows such an object.
    """

    def __init__(self, key: str, decide: Callable[[str, Any], Plan | None]) -> None:
        self.key = key
        self.decide = decide


@final
class Plan:
    """What may stand at one place.

    Attributes:
        settle: gives the final value or a ``Failure`` from the JSON text of the value and the run.
        by_value, settle_value: for atoms of the JSON kinds in ``by_value``, gives the final value from the parsed one
            and the run, at less cost than ``settle``; None where ``settle`` is needed.
        exact: bit set of the JSON kinds whose parsed value is the result as it is.
        preview: a growing string may be shown before it closes, because nothing can change it.
        object, array: how to follow the inside, if that is possible.
        spec: what may stand there; None for a plan that only stands in for another.
        switch: decides between several ways to follow an object; ``object`` is None then.
        whole: shown only when it has closed, even if it is followed inside.
    """

    def __init__(
        self,
        settle: Callable[[str, Any], Any],
        exact: i64 = 0,
        preview: bool = False,
        object: Shape | None = None,
        array: Shape | None = None,
    ) -> None:
        self.settle = settle
        self.exact = exact
        self.preview = preview
        self.object = object
        self.array = array
        self.switch: Switch | None = None
        self.whole = False
        self.spec: Spec | None = None
        self.by_value: i64 = 0
        self.settle_value: Callable[[Any, Any], Any] | None = None
