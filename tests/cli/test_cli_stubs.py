"""`partialjson stubs`: types for partial objects. What the checkers make of them is in `typing/partial_types.py`."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from partialjson import MISSING, Missing, Parser, Partial
from partialjson.cli import main
from partialjson.cli.stubs import StubsError, write
from support import shop, shop_partial

WRITTEN = Path(shop_partial.__file__)


def test_what_is_written_is_up_to_date() -> None:
    assert write("support.shop") == WRITTEN.read_text(encoding="utf-8")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "shop_partial.py"
    assert main(["stubs", "support.shop"]) == 0
    assert capsys.readouterr().out == WRITTEN.read_text(encoding="utf-8")
    assert main(["stubs", "support.shop", "--output", str(target), "--check"]) == 1
    assert "run it again" in capsys.readouterr().err
    assert main(["stubs", "support.shop", "-o", str(target)]) == 0
    assert target.read_text(encoding="utf-8") == WRITTEN.read_text(encoding="utf-8")
    assert main(["stubs", "support.shop", "-o", str(target), "--check"]) == 0
    assert capsys.readouterr().out == ""


def test_at_run_time_the_classes_are_those_of_the_parser() -> None:
    names: dict[str, Any] = {
        name.removeprefix("Partial"): each for name, each in vars(shop_partial).items() if name.startswith("Partial")
    }
    del names[""]
    assert names.pop("PageItem") is Partial[shop.Page[shop.Item]]
    for name, each in names.items():
        assert each.__pydantic_model__ is getattr(shop, name)
    parser = Parser(shop.Order)
    assert isinstance(parser.value, Missing)
    parser.feed('{"id": 1, "items": [{"sku": "a"}, {"qty": 2')
    assert isinstance(parser.value, shop_partial.PartialOrder)
    assert isinstance(parser.value.items[1], shop_partial.PartialItem)
    assert parser.value.items[1].sku is MISSING


def test_one_model_and_those_it_refers_to() -> None:
    text = write("support.shop:Card")
    assert "class PartialCard(" in text
    assert "PartialItem" not in text
    assert "class PartialItem(" in write("support.shop:Order")


def test_a_file_is_named_as_a_module_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_models.py").write_text("import pydantic\nclass A(pydantic.BaseModel):\n    a: list[int]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    try:
        assert "a: list[int | Missing] | Missing" in write("my_models.py")
        exec(compile(write("my_models"), "my_models_partial", "exec"), {})
    finally:
        sys.modules.pop("my_models", None)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("nowhere.to_be_found", "cannot be imported: ModuleNotFoundError"),
        ("partialjson.errors", "has no models"),
        ("support.shop:Nothing", "has no model Nothing"),
        ("support.shop:Codes", "has no model Codes"),
    ],
)
def test_what_has_no_stubs(spec: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StubsError, match=message):
        write(spec)
    assert main(["stubs", spec]) == 2
    assert message in capsys.readouterr().err


def test_check_needs_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stubs", "support.shop", "--check"]) == 2
    assert "--check needs --output" in capsys.readouterr().err


ODD = '''
import enum
from typing import Literal
from pydantic import BaseModel, create_model

Spaced = create_model("Spaced", **{"two words": (int, 1), "class": (str, ""), "\\ufb01ne": (int, 0), "fine": (int, 0)})
Bound = create_model("not a name", inner=(Spaced, ...))
Quoted = create_model('"""\\\\', a=(int, 1))
Ligature = create_model("\\ufb01x", a=(int, 1))
Colour = enum.Enum("Colour", {"dark red": 1, "red": 2})

def hidden():
    return create_model("Unbound", a=(int, 1))

class Outer(BaseModel):
    class Inner(BaseModel):
        a: Literal[Colure.red] = None
    inner: Inner
    lost: hidden()
    colour: Literal[Colour("dark red" and 1)]
    quoted: Literal["\\"\\"\\"", "\\u202e"]
'''.replace("Colure.red", '"x"')


def test_odd_names_give_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd_models.py").write_text(ODD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    text = write("odd_models")
    assert "\u202e" not in text
    (tmp_path / "odd_partial.py").write_text(text, encoding="utf-8")
    found = importlib.import_module("odd_partial")
    models: Any = importlib.import_module("odd_models")
    for name, model in (("Spaced", models.Spaced), ("notaname", models.Bound), ("Inner", models.Outer.Inner)):
        assert getattr(found, f"Partial{name}").__pydantic_model__ is model
    assert "# 'two words' cannot be written as an attribute." in text
    assert "lost: Any | Missing" in text
    assert "fine: int | Missing" in text
    # What only type checkers read is Python too.
    namespace: dict[str, Any] = {}
    exec(text.replace("if TYPE_CHECKING:", "if True:"), namespace)
    assert namespace["PartialOuter"].__annotations__["inner"].startswith("_odd_models.Outer.Inner")


def test_models_that_cannot_be_named_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "unnamed.py").write_text(
        "from pydantic import create_model\nglobals()['two words'] = create_model('two words', a=(int, 1))\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(StubsError, match="no model that Python code can name"):
        write("unnamed")
