"""Scalars of all kinds, each with texts of which the first is valid and others are not."""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import ipaddress
import pathlib
import re
import uuid
from typing import Annotated, Any, Literal

import pydantic
from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, SecretStr, StringConstraints, WrapValidator
from pydantic_core import core_schema


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


SCALARS: dict[str, tuple[Any, list[str]]] = {
    "str": (str, ['"tea"', '""', '"\\u00e9\\n\\ud83d\\ude00"', "5", "null"]),
    "int": (int, ["1", "-0", '"12"', "1.0", "1.5", "1e2", "true", "123456789012345678901234567890", '"x"', "[]"]),
    "float": (float, ["1.5", "1", '"2.5"', "1e400", "-0.0", "5e-324", "false", '"nan"', "{}"]),
    "bool": (bool, ["true", "false", '"yes"', "1", "0", "2", "null"]),
    "none": (None.__class__, ["null", "0", '""']),
    "bytes": (bytes, ['"abc"', '"é"', "1"]),
    "Decimal": (decimal.Decimal, ["1.10", '"1.10"', "1e2", "5", '"x"', "true"]),
    "date": (datetime.date, ['"2024-02-29"', '"2023-02-29"', "0", '"2024-02-29T00:00:00"', "1.5"]),
    "time": (datetime.time, ['"10:30"', '"25:00"', "3600"]),
    "datetime": (datetime.datetime, ['"2024-02-29T10:30:00Z"', '"2024-02-29"', "1700000000", '"soon"']),
    "timedelta": (datetime.timedelta, ['"P1DT2H"', "90", "1.5", '"long"']),
    "UUID": (uuid.UUID, ['"12345678-1234-5678-1234-567812345678"', '"12345"', "5"]),
    "Url": (pydantic.HttpUrl, ['"https://example.org/a?b=c"', '"example"', "5"]),
    "Path": (pathlib.Path, ['"/tmp/x"', "5"]),
    "IPv4Address": (ipaddress.IPv4Address, ['"127.0.0.1"', '"300.0.0.1"']),
    "Pattern": (re.Pattern, ['"a+b"', '"a("']),
    "SecretStr": (SecretStr, ['"hush"', "5"]),
    "Literal": (Literal["a", "b", 3], ['"a"', '"c"', "3", '"3"', "true"]),
    "Enum": (Colour, ['"red"', '"green"', "1"]),
    "IntEnum": (Level, ["1", "3", '"1"', '"2"', "1.0"]),
    "Any": (Any, ["1", "-0", "1.50", '"x"', "null", '{"a": [1, {"b": null}], "a": 2}', "1e400", "true"]),
    "constrained int": (Annotated[int, Field(gt=0, multiple_of=3)], ["3", "4", "-3", '"6"']),
    "constrained str": (Annotated[str, Field(min_length=2, max_length=4)], ['"ab"', '"a"', '"abcde"']),
    "pattern": (Annotated[str, StringConstraints(pattern="^[a-z]+$")], ['"abc"', '"ABC"']),
    "stripped": (Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True)], ['" ab "', "1"]),
    "words": (Literal["red", "blue"], ['"red"', '"re\\u0064"', '"green"', "1", "null"]),
    "constrained float": (
        Annotated[float, Field(gt=0, le=1e300, multiple_of=0.5)],
        ["1.5", "2", "0.3", "-0.0", '"2.5"', "true", "1e400", "123456789012345678901234567890"],
    ),
    "large int": (Annotated[int, Field(ge=-(10**30), lt=10**30)], ["5", "-" + "9" * 30, "9" * 31, "1.0", "1e2"]),
    "compiled pattern": (Annotated[str, StringConstraints(pattern=re.compile("(?i)^[a-z]+$"))], ['"aBc"', '"1"']),
    "finite": (Annotated[float, Field(allow_inf_nan=False)], ["1.5", "1e999"]),
    "date bounds": (Annotated[datetime.date, Field(gt=datetime.date(2024, 1, 1))], ['"2024-01-02"', '"2023-01-02"']),
    "Decimal digits": (Annotated[decimal.Decimal, Field(max_digits=3, ge=0)], ["1.25", "1.255", "-1"]),
    "Json": (pydantic.Json[list[int]], ['"[1, 2]"', '"[1, "', '"[\\"x\\"]"', "[1]"]),
    "complex": (complex, ['"1+2j"', "1.5"]),
    "AnyUrl": (pydantic.AnyUrl, ['"https://example.org/a?b=c"', '"example"']),
    "PostgresDsn": (pydantic.PostgresDsn, ['"postgres://a:b@c:1/d"']),
    "IPv6Network": (ipaddress.IPv6Network, ['"::/64"', '"?"']),
    "multiple": (Annotated[float, Field(multiple_of=0.5)], ["1.5", "1.7"]),
    "digits": (Annotated[decimal.Decimal, Field(max_digits=3, decimal_places=1)], ["1.2", "1.25"]),
    "short": (Annotated[str, StringConstraints(max_length=2)], ['"abc"', '"ab"']),
    "upper": (Annotated[str, StringConstraints(to_upper=True, strip_whitespace=True)], ['" abc "']),
    "callable after": (Annotated[int, AfterValidator(lambda value: value + 1)], ["1", '"x"']),
    "callable before": (Annotated[int, BeforeValidator(lambda value: value or 5)], ["1", "null", '"x"']),
    "callable wrap": (Annotated[int, WrapValidator(lambda value, inner: inner(value) * 2)], ["1", '"x"']),
    "callable plain": (Annotated[int, PlainValidator(lambda value: [value])], ["1", '"x"', "[1]"]),
}

if hasattr(core_schema, "fraction_schema"):
    SCALARS["Fraction"] = (fractions.Fraction, ['"1/3"', "0.5"])
