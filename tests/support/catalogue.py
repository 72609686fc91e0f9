"""A catalogue of what pydantic can validate: types of every kind under names, and texts that suit some of them.

`TYPES` is for sweeps: every type meets every text of `TEXTS`, and what comes is what pydantic says in one shot.
"""

# Unions are spelled with and without strings inside, and pydantic reads the annotations from here.
# ruff: noqa: UP007, UP042, UP045, RUF036

import abc
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import ipaddress
import operator
import pathlib
import re
import uuid
import zoneinfo
from collections.abc import (
    Callable,
    Generator,
    Iterable,
    Mapping,
    MutableSequence,
    MutableSet,
    Sequence,
)
from collections.abc import Set as AbstractSet
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    Optional,
    Required,
    TypeVar,
    Union,
)

import pydantic
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    AllowInfNan,
    AnyUrl,
    AwareDatetime,
    Base64Bytes,
    Base64Str,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Discriminator,
    FailFast,
    Field,
    FiniteFloat,
    FutureDate,
    GetCoreSchemaHandler,
    HttpUrl,
    InstanceOf,
    Json,
    NaiveDatetime,
    NegativeInt,
    NonNegativeInt,
    OnErrorOmit,
    PastDate,
    PlainValidator,
    PositiveFloat,
    PositiveInt,
    PostgresDsn,
    RootModel,
    Secret,
    SecretBytes,
    SecretStr,
    SerializeAsAny,
    SkipValidation,
    Strict,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    StringConstraints,
    Tag,
    TypeAdapter,
    ValidationInfo,
    WrapValidator,
    computed_field,
    conlist,
    conset,
    field_validator,
    model_validator,
)
from pydantic.dataclasses import dataclass as pydantic_dataclass
from pydantic_core import PydanticCustomError, PydanticOmit, PydanticUseDefault, core_schema
from typing_extensions import TypeAliasType, TypedDict

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


def _omit_odd(value: int) -> int:
    if value % 2:
        raise PydanticOmit
    return value


def _use_default(value: Any) -> Any:
    if value in (1, "a"):
        raise PydanticUseDefault
    return value


def _refuse(value: Any) -> Any:
    raise ValueError("refused")


def _custom(value: Any) -> Any:
    raise PydanticCustomError("missing", "no {what}", {"what": "luck"})


def _double(value: Any) -> Any:
    return [value, value]


def _wrapped(value: Any, handler: Any) -> Any:
    return handler(value)


def _tag_of(value: Any) -> str:
    return "list" if isinstance(value, list) else "other"


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Word(str, enum.Enum):
    A = "a"
    X = "x"


class Flags(enum.IntFlag):
    R = 1
    W = 2


class Lenient(enum.Enum):
    A = "a"

    @classmethod
    def _missing_(cls, value: object) -> Any:
        return cls.A if value == "x" else None


class Item(BaseModel):
    a: int


class Named(BaseModel):
    name: str = "n"
    tags: list[str] = []


class Strictly(BaseModel):
    model_config = ConfigDict(strict=True, str_to_upper=True)
    a: float = 1.0
    name: str = ""
    word: Optional[Word] = None


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    a: int = 0
    b: Optional[Item] = None


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, int]
    a: int = 0


class OpenToAll(BaseModel):
    model_config = ConfigDict(extra="allow", validate_by_name=True)
    f: Any = Field(default=None, validation_alias=AliasChoices("a", "b"))
    name: Any = Field(default=None, alias="n")


class ByBoth(BaseModel):
    model_config = ConfigDict(validate_by_name=True)
    b: list[int] = Field(default=[], alias="B")
    a: int = Field(default=0, alias="A")


class ByPath(BaseModel):
    x: int = Field(validation_alias=AliasPath("a", 0))
    y: Any = Field(default=None, validation_alias=AliasChoices("name", AliasPath("b", "a")))


class Checked(BaseModel):
    model_config = ConfigDict(validate_default=True)
    a: int = {}  # type: ignore[assignment]
    b: list[int] = Field(default_factory=list)


class Computed(BaseModel):
    model_config = ConfigDict(frozen=True, revalidate_instances="always")
    a: int = 1
    _secret: int = 2

    @computed_field  # type: ignore[prop-decorator]
    @property
    def twice(self) -> int:
        return self.a * 2

    def model_post_init(self, context: Any) -> None:
        pass


class UsesValues(BaseModel):
    model_config = ConfigDict(use_enum_values=True)
    name: Color = Color.RED
    a: Union[Level, Word] = Level.LOW


class FieldChecks(BaseModel):
    a: int = 0
    b: Annotated[list[Any], AfterValidator(_double)] = []
    name: str = "n"

    @field_validator("a", mode="before")
    @classmethod
    def before(cls, value: Any) -> Any:
        return len(value) if isinstance(value, list) else value

    @field_validator("name")
    @classmethod
    def after(cls, value: str, info: ValidationInfo) -> str:
        return f"{value}{info.data.get('a')}"

    @field_validator("b", mode="wrap")
    @classmethod
    def wrap(cls, value: Any, handler: Any, info: ValidationInfo) -> Any:
        return handler(value)


class AfterAll(BaseModel):
    a: int = 0
    b: Any = None

    @model_validator(mode="after")
    def check(self) -> "AfterAll":
        if self.a == 1:
            raise ValueError("not one")
        if self.a == 2:
            raise PydanticOmit
        return self


class BeforeAll(BaseModel):
    a: int = 0

    @model_validator(mode="before")
    @classmethod
    def check(cls, value: Any) -> Any:
        return {"a": value} if isinstance(value, int) else value


class WrapAll(BaseModel):
    a: int = 0

    @model_validator(mode="wrap")
    @classmethod
    def check(cls, value: Any, handler: Any) -> Any:
        return handler(value)


class Hidden(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True, title="Hidden Things", coerce_numbers_to_str=True)
    a: int = 0
    name: str = ""


class Short(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True, str_max_length=3, str_min_length=1, allow_inf_nan=False)
    name: str = "abc"
    a: float = 0
    b: Union[dict[str, str], str] = "b"


class OmitsFields(BaseModel):
    a: OnErrorOmit[int] = 1
    name: Annotated[str, AfterValidator(_use_default)] = "default"
    b: list[Annotated[int, AfterValidator(_omit_odd)]] = []


class Own(BaseModel):
    def __init__(self, a: int = 0, **others: Any) -> None:
        super().__init__(a=a)

    a: int


class Abstract(BaseModel, abc.ABC):
    a: int

    @abc.abstractmethod
    def area(self) -> float: ...


class Drawing(BaseModel):
    name: str = ""
    a: Optional[Abstract] = None
    b: Union[BaseModel, None, list[Abstract]] = None


class Fussy(BaseModel):
    a: int = 0

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("fussy")


class HoldsFussy(BaseModel):
    a: Optional[Fussy] = None
    b: list[Fussy] = []


class Envelope(BaseModel, Generic[M]):
    a: Optional[M] = None
    name: str = "n"


class Pair(BaseModel, Generic[T]):
    a: T
    b: list[T] = []


class Tree(BaseModel):
    a: Any = None
    b: "Union[dict[str, Tree], list[Tree], int, None]" = None


class Link(BaseModel):
    a: int = 0
    b: "Optional[Link]" = None


class Ints(RootModel[list[int]]):
    pass


class Colors(RootModel[Color]):
    pass


class AnyRoot(RootModel[Union[Item, list[Item], str]]):
    pass


class Point(NamedTuple):
    a: float
    b: int = 0


class Tup(NamedTuple):
    a: Any
    b: Any = None


class Definitions(BaseModel):
    model_config = ConfigDict(strict=True, str_to_upper=True)
    a: Point = Field(default=Point(1.0), validation_alias=AliasChoices("a", "A"))
    b: Optional[Point] = None


class WrappedDefinitions(BaseModel):
    model_config = ConfigDict(strict=True)
    a: Optional[Point] = None
    b: Optional[list[Point]] = None

    @model_validator(mode="wrap")
    @classmethod
    def check(cls, value: Any, handler: Any) -> Any:
        return handler(value)


class Typed(TypedDict):
    a: int
    b: NotRequired[list[Item]]


class Partly(TypedDict, total=False):
    a: Required[str]
    b: int
    name: str


class StrictTyped(TypedDict):
    __pydantic_config__ = ConfigDict(strict=True, extra="forbid")  # type: ignore[misc]
    a: float


@dataclasses.dataclass
class Plain:
    a: int
    b: list[int] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True, slots=True)
class Slotted:
    a: Union[int, str] = 0
    name: str = "n"


@pydantic_dataclass(config=ConfigDict(extra="forbid", strict=True))
class Firm:
    a: float
    b: Optional[Plain] = None


@pydantic_dataclass
class Inits:
    a: int
    b: dataclasses.InitVar[int] = 1
    name: str = dataclasses.field(default="n", init=False)

    def __post_init__(self, b: int) -> None:
        if b == 2:
            raise ValueError("two")


@pydantic_dataclass(config=ConfigDict(extra="allow"))
class Loose:
    a: int = 0


class Cat(BaseModel):
    name: Literal["cat"]
    a: int = 0


class Dog(BaseModel):
    name: Literal["dog", "wolf"]
    b: list[int] = []


class Ones(BaseModel):
    a: Literal[1]
    b: Any = None


class Twos(BaseModel):
    a: Literal[2, "2"]
    b: Optional[Item] = None


class Custom:
    """A type of its own, which knows its schema."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Custom({self.value!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(cls, core_schema.list_schema(core_schema.int_schema()))


class Loaded:
    """A class of its own over the schema of model fields, as libraries make them."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        fields = {"a": core_schema.model_field(core_schema.int_schema())}
        return core_schema.model_schema(cls, core_schema.model_fields_schema(fields))

    def __repr__(self) -> str:
        return f"Loaded({self.__dict__})"


Data = TypeAliasType("Data", "Union[dict[str, Data], list[Data], str, int, None]")
Nest = TypeAliasType("Nest", "list[Union[Nest, float]]")
Pet = Annotated[Union[Cat, Dog], Field(discriminator="name")]
Number = Annotated[Union[Ones, Twos], Field(discriminator="a")]
UserId = NewType("UserId", int)

_CHAIN = core_schema.chain_schema([core_schema.str_schema(), core_schema.int_schema()])


def by_schema(schema: Any) -> Any:
    """A type with this core schema."""

    class Holder:
        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
            made: core_schema.CoreSchema = schema
            return made

    return Holder


class Many(BaseModel):
    """Fields of kinds that come together in practice."""

    model_config = ConfigDict(
        alias_generator=lambda name: name.upper() if name == "note" else name,
        validate_by_name=True,
        regex_engine="python-re",
        ser_json_bytes="base64",
        val_json_bytes="base64",
        loc_by_alias=False,
    )
    a: Annotated[int, Field(ge=0, le=2)] = 0
    b: Union[Annotated[list[int], Field(max_length=2)], dict[str, "Many"], None] = None
    name: Annotated[str, StringConstraints(pattern=r"^\w+$(?<!x)")] = "n"
    tags: frozenset[Union[str, int]] = frozenset()
    note: Any = Field(default_factory=lambda data: data.get("a"))
    fixed: Literal["f"] = "f"


class Later(BaseModel):
    model_config = ConfigDict(defer_build=True)
    a: "list[Item]"
    b: "dict[str, Any]" = {}


class Chosen(BaseModel):
    """A discriminated union inside, under an alias."""

    a: Annotated[Union["Cat", "Dog", None], Field(discriminator="name", alias="b")] = None
    name: Any = None


class DataDefault(BaseModel):
    a: int = 0
    b: int = Field(default_factory=lambda data: data["a"] + 1, validate_default=True)


class Kept(BaseModel):
    """Fields that are not shown when it is dumped, and one that only the class has."""

    a: int = Field(default=0, exclude=True)
    b: SecretStr = SecretStr("s")
    name: str = Field(default="n", repr=False, frozen=True, deprecated=False)


class Inherits(Named):
    name: Literal["a", "cat"] = "a"
    a: "Optional[Inherits]" = None


class PairTyped(TypedDict, Generic[T]):
    a: T
    b: NotRequired[list[T]]


class PairNamed(NamedTuple, Generic[T]):
    a: T
    b: Optional[T] = None


@dataclasses.dataclass
class PairData(Generic[T]):
    a: T
    b: "Optional[PairData[T]]" = None


@dataclasses.dataclass(kw_only=True)
class Inheriting(Plain):
    name: str = "n"
    c: Any = None


@pydantic_dataclass(config=ConfigDict(validate_assignment=True, str_to_lower=True, revalidate_instances="always"))
class Node:
    a: Union[str, "list[Node]", None] = None
    b: "Optional[Node]" = None


class Broad(RootModel[dict[str, Any]]):
    @model_validator(mode="after")
    def check(self) -> "Broad":
        if "b" in self.root:
            raise ValueError("no b")
        return self


class Recursive(RootModel["Union[int, list[Recursive], dict[str, Recursive]]"]):
    pass


class Jsonish(BaseModel):
    a: pydantic.JsonValue = None
    b: Union[pydantic.JsonValue, Item] = None


class TwoUnions(BaseModel):
    a: Union[int, list[Union[int, "TwoUnions"]], None] = None
    b: Union[list["TwoUnions"], dict[str, Union["TwoUnions", int]], int, None] = None


def _by_shape(value: Any) -> Any:
    if isinstance(value, dict):
        return "many" if "b" in value else "one"
    return None


ByShape = Annotated[
    Union[Annotated[Item, Tag("one")], Annotated[Closed, Tag("many")]],
    Discriminator(_by_shape, custom_error_type="shape", custom_error_message="shape?"),
]
Nested = Annotated[Union[Pet, Annotated[Union[Ones, Twos], Field(discriminator="a")], Item], Field(union_mode="smart")]
ForDict = TypeAliasType("ForDict", "dict[str, Union[ForDict, int]]")
Pairs = TypeAliasType("Pairs", tuple[T, list[T]], type_params=(T,))
PAIRS: Any = Pairs
JSON: Any = Json
_INT = core_schema.int_schema()
_FIELDS = {
    "a": core_schema.typed_dict_field(_INT),
    "b": core_schema.typed_dict_field(core_schema.list_schema(_INT), required=False),
}


def _counted(values: Any, handler: Any, info: ValidationInfo) -> Any:
    return handler(values), info.mode, info.context


TYPES: dict[str, Any] = {
    # Scalars.
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "None": type(None),
    "Any": Any,
    "object": object,
    "bytes": bytes,
    "complex": complex,
    "Decimal": decimal.Decimal,
    "Fraction": fractions.Fraction,
    "date": datetime.date,
    "time": datetime.time,
    "datetime": datetime.datetime,
    "timedelta": datetime.timedelta,
    "UUID": uuid.UUID,
    "UUID4": pydantic.UUID4,
    "Path": pathlib.Path,
    "IPv4": ipaddress.IPv4Address,
    "IPAny": pydantic.IPvAnyAddress,
    "network": ipaddress.IPv4Network,
    "Pattern": re.Pattern[str],
    "AnyUrl": AnyUrl,
    "HttpUrl": HttpUrl,
    "PostgresDsn": PostgresDsn,
    "SecretStr": SecretStr,
    "SecretBytes": SecretBytes,
    "Secret[int]": Secret[int],
    "ByteSize": ByteSize,
    "Base64Bytes": Base64Bytes,
    "Base64Str": Base64Str,
    "Json": JSON[Any],
    "Json[list[int]]": JSON[list[int]],
    "Color": Color,
    "Level": Level,
    "Word": Word,
    "Flags": Flags,
    "Lenient": Lenient,
    "Literal": Literal["a", "ab", 1, None, True],
    "Literal of enum": Literal[Color.RED, "x"],
    "Literal of strings": Literal["a", "abc", "x"],
    "NewType": UserId,
    "Hashable": collections.abc.Hashable,
    "Callable": Callable[[int], int],
    "type": type[int],
    "InstanceOf": InstanceOf[int],
    "SkipValidation": SkipValidation[int],
    # Constraints.
    "PositiveInt": PositiveInt,
    "NegativeInt": NegativeInt,
    "NonNegativeInt": NonNegativeInt,
    "PositiveFloat": PositiveFloat,
    "FiniteFloat": FiniteFloat,
    "multiple": Annotated[int, Field(multiple_of=2)],
    "Decimal digits": Annotated[decimal.Decimal, Field(max_digits=3, decimal_places=1)],
    "PastDate": PastDate,
    "FutureDate": FutureDate,
    "AwareDatetime": AwareDatetime,
    "NaiveDatetime": NaiveDatetime,
    "StrictStr": StrictStr,
    "StrictInt": StrictInt,
    "StrictFloat": StrictFloat,
    "StrictBool": StrictBool,
    "strict date": Annotated[datetime.date, Strict()],
    "strict Decimal": Annotated[decimal.Decimal, Strict()],
    "strict bytes": Annotated[bytes, Strict()],
    "strict UUID": Annotated[uuid.UUID, Strict()],
    "strict enum": Annotated[Level, Strict()],
    "strict list": Annotated[list[int], Strict()],
    "strict set": Annotated[set[int], Strict()],
    "strict tuple": Annotated[tuple[int, str], Strict()],
    "short str": Annotated[str, Field(min_length=1, max_length=2)],
    "pattern": Annotated[str, StringConstraints(pattern="^a")],
    "stripped": Annotated[str, StringConstraints(strip_whitespace=True, max_length=2)],
    "lowered": Annotated[str, StringConstraints(to_lower=True)],
    "coerced str": by_schema(core_schema.str_schema(coerce_numbers_to_str=True)),
    "ASCII": Annotated[str, StringConstraints(ascii_only=True)] if pydantic.VERSION >= "2.14" else str,
    # Containers.
    "list": list,
    "list[int]": list[int],
    "list[Any]": list[Any],
    "list of two": conlist(int, min_length=1, max_length=2),
    "list[Item]": list[Item],
    "fail fast": Annotated[list[int], FailFast()],
    "set": set,
    "set[int]": set[int],
    "set of two": conset(int, max_length=2),
    "frozenset": frozenset[str],
    "deque": collections.deque[int],
    "deque of two": Annotated[collections.deque[int], Field(max_length=2)],
    "tuple": tuple,
    "tuple[int, ...]": tuple[int, ...],
    "tuple of two": Annotated[tuple[int, ...], Field(max_length=2)],
    "tuple[int, str]": tuple[int, str],
    "tuple[()]": tuple[()],
    "tuple of Item": tuple[Item, Optional[Item]],
    "Iterable": Iterable[int],
    "Iterable[str]": Iterable[str],
    "Iterable of one": Annotated[Iterable[int], Field(max_length=1)],
    "Sequence": Sequence[int],
    "MutableSequence": MutableSequence[int],
    "MutableSet": MutableSet[int],
    "dict": dict,
    "dict[str, int]": dict[str, int],
    "dict[int, str]": dict[int, str],
    "dict of one": Annotated[dict[str, Any], Field(min_length=1, max_length=1)],
    "dict[str, Item]": dict[str, Item],
    "dict[Word, int]": dict[Word, int],
    "Mapping": Mapping[str, int],
    "OrderedDict": collections.OrderedDict[str, int],
    "defaultdict": collections.defaultdict[str, int],
    "Counter": collections.Counter[str],
    # Left out.
    "omit in list": list[OnErrorOmit[int]],
    "omit in set": set[OnErrorOmit[int]],
    "omit in frozenset": frozenset[OnErrorOmit[str]],
    "omit in deque": collections.deque[OnErrorOmit[int]],
    "omit in tuple": tuple[OnErrorOmit[int], ...],
    "omit in pair": tuple[OnErrorOmit[int], str],
    "omit in values": dict[str, OnErrorOmit[int]],
    "omit in keys": dict[OnErrorOmit[int], Any],
    "omit in Iterable": Iterable[OnErrorOmit[int]],
    "omit in Sequence": Sequence[OnErrorOmit[Item]],
    "omit in union": list[Union[OnErrorOmit[int], list[int]]],
    "omit in two": Annotated[list[OnErrorOmit[int]], Field(max_length=2)],
    "omit odd": list[Annotated[int, AfterValidator(_omit_odd)]],
    "omit odd in set": set[Annotated[int, AfterValidator(_omit_odd)]],
    "omit odd in values": dict[str, Annotated[int, AfterValidator(_omit_odd)]],
    "omit odd in keys": dict[Annotated[int, AfterValidator(_omit_odd)], Any],
    "omit odd in two": Annotated[list[Annotated[int, AfterValidator(_omit_odd)]], Field(max_length=2)],
    "omit lists": list[Annotated[list[int], AfterValidator(_use_default)]],
    "omit models": list[AfterAll],
    "omit models by key": dict[str, AfterAll],
    "omit models or null": list[Optional[AfterAll]],
    "omit root": Annotated[int, AfterValidator(_omit_odd)],
    "OmitsFields": OmitsFields,
    "list[OmitsFields]": list[OmitsFields],
    "use default": Annotated[Any, AfterValidator(_use_default)],
    # Objects.
    "Item": Item,
    "Named": Named,
    "Strictly": Strictly,
    "Closed": Closed,
    "Open": Open,
    "OpenToAll": OpenToAll,
    "ByBoth": ByBoth,
    "ByPath": ByPath,
    "Checked": Checked,
    "Computed": Computed,
    "UsesValues": UsesValues,
    "FieldChecks": FieldChecks,
    "AfterAll": AfterAll,
    "BeforeAll": BeforeAll,
    "WrapAll": WrapAll,
    "Hidden": Hidden,
    "Short": Short,
    "Own": Own,
    "Drawing": Drawing,
    "HoldsFussy": HoldsFussy,
    "Envelope": Envelope,
    "Envelope[Item]": Envelope[Item],
    "Pair[int]": Pair[int],
    "Tree": Tree,
    "Link": Link,
    "Ints": Ints,
    "Colors": Colors,
    "AnyRoot": AnyRoot,
    "Point": Point,
    "Tup": Tup,
    "Definitions": Definitions,
    "WrappedDefinitions": WrappedDefinitions,
    "list[WrappedDefinitions]": list[WrappedDefinitions],
    "Typed": Typed,
    "Partly": Partly,
    "StrictTyped": StrictTyped,
    "Plain": Plain,
    "Slotted": Slotted,
    "Firm": Firm,
    "Inits": Inits,
    "Loose": Loose,
    "Custom": Custom,
    "Loaded": Loaded,
    "list[Loaded]": list[Loaded],
    "list[Hidden]": list[Hidden],
    "after Hidden": Annotated[Hidden, AfterValidator(_refuse)],
    # Unions.
    "Optional[int]": Optional[int],
    "Optional[Item]": Optional[Item],
    "int | str": Union[int, str],
    "str | int | float": Union[str, int, float],
    "bool | int": Union[bool, int],
    "date | str": Union[datetime.date, str],
    "Item | list": Union[Item, list[Item]],
    "Item | Named": Union[Item, Named],
    "Closed | Item | str": Union[Closed, Item, str],
    "Color | Word": Union[Color, Word],
    "left to right": Annotated[Union[str, int, list[int]], Field(union_mode="left_to_right")],
    "list | set": Union[list[int], set[str]],
    "dict | Item": Union[dict[str, int], Item],
    "Iterable | str": Union[Iterable[int], str],
    "Iterable | Item": Union[Iterable[int], Item],
    "Pet": Pet,
    "list[Pet]": list[Pet],
    "Number": Number,
    "Pet | None | str": Union[Pet, None, str],
    "by function": Annotated[
        Union[Annotated[list[int], Tag("list")], Annotated[Any, Tag("other")]], Discriminator(_tag_of)
    ],
    "custom error": Annotated[
        Union[Cat, Dog],
        Discriminator("name", custom_error_type="kind", custom_error_message="what is it?"),
    ],
    "Data": Data,
    "Nest": Nest,
    # Validators of all modes.
    "before": Annotated[list[int], BeforeValidator(_double)],
    "after": Annotated[list[int], AfterValidator(_double)],
    "wrap": Annotated[list[int], WrapValidator(_wrapped)],
    "plain": Annotated[list[int], PlainValidator(_double)],
    "after word": Annotated[Literal["a", "x"], AfterValidator(_double)],
    "after words": Annotated[Optional[Word], AfterValidator(_double)],
    "getter": Annotated[Color, AfterValidator(operator.attrgetter("name"))],
    "refused": Annotated[Any, AfterValidator(_refuse)],
    "refused int": Annotated[int, AfterValidator(_refuse)],
    "custom missing": Annotated[dict[str, Any], AfterValidator(_custom)],
    # Core schemas that no annotation leads to.
    "chain": by_schema(_CHAIN),
    "custom-error": by_schema(
        core_schema.custom_error_schema(core_schema.int_schema(), "odd", custom_error_message="!")
    ),
    "lax-or-strict": by_schema(
        core_schema.lax_or_strict_schema(core_schema.str_schema(), core_schema.int_schema(strict=True))
    ),
    "default on error": by_schema(
        core_schema.with_default_schema(
            core_schema.list_schema(core_schema.int_schema()), default=[], on_error="default"
        )
    ),
    "default on request": by_schema(
        core_schema.with_default_schema(
            core_schema.no_info_after_validator_function(
                lambda value: _use_default(len(value)), core_schema.list_schema(core_schema.int_schema())
            ),
            default="default",
        )
    ),
    "tuple with a middle": by_schema(
        core_schema.tuple_schema([core_schema.int_schema(), core_schema.str_schema()], variadic_item_index=0)
    ),
    "arguments": by_schema(
        core_schema.call_schema(
            core_schema.arguments_schema(
                [
                    core_schema.arguments_parameter("a", _INT),
                    core_schema.arguments_parameter("b", _INT, mode="keyword_only"),
                ]
            ),
            lambda *args, **kwargs: (args, kwargs),
        )
    ),
    "typed extras": by_schema(
        core_schema.typed_dict_schema(_FIELDS, extra_behavior="allow", extras_schema=core_schema.str_schema())
    ),
    "no extras": by_schema(core_schema.typed_dict_schema(_FIELDS, extra_behavior="forbid", total=False)),
    "union of labels": by_schema(
        core_schema.union_schema([(_INT, "number"), (core_schema.list_schema(_INT), "numbers")])
    ),
    "union with an error": by_schema(
        core_schema.union_schema(
            [_INT, core_schema.list_schema(_INT)],
            custom_error_type="either",
            custom_error_message="either of {n}",
            custom_error_context={"n": 2},
        )
    ),
    "omitted by default": by_schema(core_schema.list_schema(core_schema.with_default_schema(_INT, on_error="omit"))),
    "defaults in a list": by_schema(
        core_schema.list_schema(core_schema.with_default_schema(_INT, default=7, on_error="default"))
    ),
    "list with defaults on request": by_schema(
        core_schema.list_schema(
            core_schema.with_default_schema(
                core_schema.no_info_after_validator_function(_use_default, core_schema.any_schema()), default="default"
            )
        )
    ),
    "asks for info": Annotated[dict[str, int], WrapValidator(_counted)],
    # What follows is in practice in the fields of models.
    "Many": Many,
    "list[Many]": list[Many],
    "Later": Later,
    "Chosen": Chosen,
    "DataDefault": DataDefault,
    "Kept": Kept,
    "Inherits": Inherits,
    "PairTyped": PairTyped[int],
    "PairNamed": PairNamed[int],
    "PairData": PairData[int],
    "Inheriting": Inheriting,
    "Node": Node,
    "Broad": Broad,
    "Recursive": Recursive,
    "Jsonish": Jsonish,
    "TwoUnions": TwoUnions,
    "ByShape": ByShape,
    "list[ByShape]": list[ByShape],
    "Nested": Nested,
    "ForDict": ForDict,
    "Pairs": PAIRS[int],
    "JsonValue": pydantic.JsonValue,
    "ImportString": pydantic.ImportString,
    "PastDatetime": pydantic.PastDatetime,
    "FilePath": pydantic.FilePath,
    "NewPath": pydantic.NewPath,
    "Base64UrlStr": pydantic.Base64UrlStr,
    "FileUrl": pydantic.FileUrl,
    "RedisDsn": pydantic.RedisDsn,
    "MongoDsn": pydantic.MongoDsn,
    "WebsocketUrl": pydantic.WebsocketUrl,
    "IPvAnyNetwork": pydantic.IPvAnyNetwork,
    "ZoneInfo": zoneinfo.ZoneInfo,
    "Sequence[str]": Sequence[str],
    "AbstractSet": AbstractSet[str],
    "Generator": Generator[int, None, None],
    "SerializeAsAny": SerializeAsAny[Item],
    "InstanceOf[Item]": InstanceOf[Item],
    "SkipValidation[Item]": SkipValidation[Item],
    "no infinity": Annotated[float, AllowInfNan(False)],
    "bounded float": Annotated[float, Field(gt=0, lt=2)],
    "bounded date": Annotated[datetime.date, Field(ge=datetime.date(2024, 1, 1))],
    "bounded timedelta": Annotated[datetime.timedelta, Field(le=datetime.timedelta(seconds=1))],
    "bounded bytes": Annotated[bytes, Field(max_length=1)],
    "bounded Decimal": Annotated[decimal.Decimal, Field(ge=1, multiple_of=0.5)],
    "Literal | int": Union[Literal["a", 1], int],
    "Literal | Color | None": Union[Literal["a", "ab"], Color, None],
    "strict int | str": Union[StrictInt, str],
    "None | list | dict": Union[None, list[Any], dict[str, int]],
    "tuple | list": Union[tuple[int, str], list[int]],
    "Point | Item": Union[Point, Item],
    "Plain | Typed": Union[Plain, Typed],
    "set | dict": Union[set[int], dict[str, set[int]]],
    "list of unions": list[Union[int, list[int], Item]],
    "dict of pets": dict[str, Pet],
    # Adapters with a configuration.
    "strict adapter": TypeAdapter(list[Union[int, dict[str, float]]], config=ConfigDict(strict=True)),
    "hiding adapter": TypeAdapter(dict[str, list[int]], config=ConfigDict(hide_input_in_errors=True)),
    "upper adapter": TypeAdapter(Union[dict[str, str], str], config=ConfigDict(str_to_upper=True, title="Upper")),
}

TEXTS: tuple[str, ...] = (
    "null", "true", "false", "0", "1", "2", "-1", "1.0", "1.5", "-0.0", "1e3", "100000000000000000000", "1e400", '""',
    '"a"', '"ab"', '"abc"', '"x"', '" a "', '"A"', '"red"', '"RED"', '"1"', '"2"', '"1.5"', '"true"', '"null"',
    '"2024-02-29"', '"2024-02-29T10:00:00Z"', '"10:00:00"', '"P1D"', '"1/2"', '"1+2j"', '"é\\u0000"',
    '"\\ud83d\\ude00"', '"12345678-1234-4678-9234-567812345678"', '"https://example.com/a"', '"postgres://u:p@h/d"',
    '"10.0.0.1"', '"10.0.0.0/8"', '"1KB"', '"YWI="', '"[1, 2]"', '"("', "[]", "[1]", "[1, 2]", "[1, 1]", "[1, 2, 3]",
    "[2, 1, 4]", '["a"]', '[1, "x"]', '["x", 2, "a"]', "[null]", "[1.5, 2]", '[{"a": 1}]',
    '[{"a": "x"}, {"a": 2}, {}]', "[[1], [2, [3]]]", '[{"a": 2}, null, {"a": 3}]', '[["1.5"]]',
    '[{"name": "cat"}, {"name": "cow"}]', '[{"a": 1, "b": {"a": [1]}}, 7]', "{}", '{"a": 1}', '{"a": 2}',
    '{"a": "1"}', '{"a": "x"}', '{"a": null}', '{"b": 1}', '{"a": 1, "b": 2}', '{"1": "x", "y": 2}',
    '{"a": 1, "a": "x"}', '{"a": "x", "a": 1}', '{"a": 1, "c": 3}', '{"a": [1, 2]}', '{"a": ["1.5"]}',
    '{"a": {"a": 1}}', '{"a": 1, "b": [1, 2, "x"]}', '{"a": 1.5, "b": {"a": 2}}', '{"a": {"b": "x"}, "b": {"a": 1}}',
    '{"b": {"a": {"b": "x"}}}', '{"name": "cat", "a": 3}', '{"a": 3, "name": "dog", "b": [1]}', '{"name": "cow"}',
    '{"name": 5, "tags": ["a", 1]}', '{"name": "abcd", "a": 1, "b": "x"}', '{"name": "red", "a": "x"}',
    '{"name": "a", "b": [1, 2], "a": "z"}', '{"n": 1, "name": 2, "a": 3, "b": 100000000000000000000}',
    '{"B": [1, 2], "b": 5, "a": 1}', '{"b": "x", "B": [1]}', '{"A": 1, "a": "x"}',
    '{"a": 1, "note": {"x": [1, {"y": null}]}}', '{"b": [{"a": 1}, {"b": 2}]}',
    '{"b": {"x": {"b": 1}, "y": {"b": "x"}}}', '{"a": 0, "b": {"a": 1, "b": {"a": "x"}}}',
)  # fmt: skip
