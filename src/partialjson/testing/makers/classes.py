"""The laws for targets whose values another library than pydantic makes, which decides in one shot."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from partialjson import Parser
from partialjson.testing.makers import Maker
from partialjson.testing.oneshot import Verdict, describe

__all__ = ["ClassMaker"]


class ClassMaker(Maker, ABC):
    """Makes parsers for a target whose documents a library decodes: ``decode`` and ``refused`` say how."""

    @abstractmethod
    def decode(self, text: str | bytes) -> Any:
        """What the library makes of a whole text."""

    @abstractmethod
    def fields_of(self, value: Any) -> dict[str, Any] | None:
        """The fields of an object of the library; None for any other value."""

    def describe(self, value: Any) -> Any:
        """A value as something that is equal for the same values of the same types only."""
        name = type(value).__qualname__
        fields = self.fields_of(value)
        if fields is not None:
            return name, {each: self.describe(inside) for each, inside in fields.items()}
        if isinstance(value, dict):
            return name, [(self.describe(key), self.describe(each)) for key, each in value.items()]
        if isinstance(value, list | tuple):
            return name, [self.describe(each) for each in value]
        if isinstance(value, set | frozenset):
            return name, sorted((self.describe(each) for each in value), key=repr)
        if isinstance(value, BaseException):
            return self.describe_error(value)
        return describe(value)

    def describe_error(self, error: BaseException) -> Any:
        """An error as something that is equal for the same errors only."""
        return repr(error)

    def one_shot(self, text: str | bytes) -> Verdict:
        try:
            return Verdict(self.describe(self.decode(text)), None)
        except self.refused as error:
            return Verdict(None, [self.describe_error(error)])

    def verdict_of(self, parser: Parser[Any]) -> Verdict:
        try:
            return Verdict(self.describe(parser.close()), None)
        except self.refused as error:
            return Verdict(None, [self.describe_error(error)])
