"""Conformance by file name: JSONTestSuite, fed as bytes in every chunking.

`y_` must parse, to the value `json.loads` gives; `n_` must be refused; for each `i_` file of the public suite the
table `OPEN` says what happens here. The table holds the bytes too, so that all of them are tested without the corpus;
where the corpus has the file, the bytes must be the same.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from partialjson import Complete, Failed, ParseError, Parser, Truncated
from partialjson.testing.chunking import Observed, check_all_chunkings
from support.agreement import feed_all
from support.corpus import corpus_files, corpus_folder
from support.model import predict_bytes

SUITE = ("jsontestsuite", "test_parsing")
TRANSFORM = ("jsontestsuite", "test_transform")
INFINITY = float("inf")


class Refused:
    """Refused at this offset, in characters."""

    def __init__(self, pos: int) -> None:
        self.pos = pos


OPEN: dict[str, tuple[bytes, Any]] = {
    # Numbers beyond the range of a float become infinite or zero, as in json.loads; integers are exact.
    "i_number_double_huge_neg_exp": (b"[123.456e-789]", [0.0]),
    "i_number_huge_exp": (
        b"[0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999"
        b"999999999999999999999999969999999006]",
        [INFINITY],
    ),
    "i_number_neg_int_huge_exp": (b"[-1e+9999]", [-INFINITY]),
    "i_number_pos_double_huge_exp": (b"[1.5e+9999]", [INFINITY]),
    "i_number_real_neg_overflow": (b"[-123123e100000]", [-INFINITY]),
    "i_number_real_pos_overflow": (b"[123123e100000]", [INFINITY]),
    "i_number_real_underflow": (b"[123e-10000000]", [0.0]),
    "i_number_too_big_neg_int": (b"[-123123123123123123123123123123]", [-123123123123123123123123123123]),
    "i_number_too_big_pos_int": (b"[100000000000000000000]", [100000000000000000000]),
    "i_number_very_big_negative_int": (
        b"[-237462374673276894279832749832423479823246327846]",
        [-237462374673276894279832749832423479823246327846],
    ),
    # Halves of surrogate pairs, escaped: accepted and kept, as in json.loads.
    "i_object_key_lone_2nd_surrogate": (rb'{"\uDFAA":0}', {"\udfaa": 0}),
    "i_string_1st_surrogate_but_2nd_missing": (rb'["\uDADA"]', ["\udada"]),
    "i_string_1st_valid_surrogate_2nd_invalid": (rb'["\uD888\u1234"]', ["\ud888\u1234"]),
    "i_string_incomplete_surrogate_and_escape_valid": (rb'["\uD800\n"]', ["\ud800\n"]),
    "i_string_incomplete_surrogate_pair": (rb'["\uDd1ea"]', ["\udd1ea"]),
    "i_string_incomplete_surrogates_escape_valid": (rb'["\uD800\uD800\n"]', ["\ud800\ud800\n"]),
    "i_string_invalid_lonely_surrogate": (rb'["\ud800"]', ["\ud800"]),
    "i_string_invalid_surrogate": (rb'["\ud800abc"]', ["\ud800abc"]),
    "i_string_inverted_surrogates_U+1D11E": (rb'["\uDd1e\uD834"]', ["\udd1e\ud834"]),
    "i_string_lone_second_surrogate": (rb'["\uDFAA"]', ["\udfaa"]),
    # Bytes that are no UTF-8: refused, at the first character that is none.
    "i_string_invalid_utf-8": (b'["\xff"]', Refused(2)),
    "i_string_iso_latin_1": (b'["\xe9"]', Refused(2)),
    "i_string_lone_utf8_continuation_byte": (b'["\x81"]', Refused(2)),
    "i_string_not_in_unicode_range": (b'["\xf4\xbf\xbf\xbf"]', Refused(2)),
    "i_string_overlong_sequence_2_bytes": (b'["\xc0\xaf"]', Refused(2)),
    "i_string_overlong_sequence_6_bytes": (b'["\xfc\x83\xbf\xbf\xbf\xbf"]', Refused(2)),
    "i_string_overlong_sequence_6_bytes_null": (b'["\xfc\x80\x80\x80\x80\x80"]', Refused(2)),
    "i_string_truncated-utf-8": (b'["\xe0\xff"]', Refused(2)),
    "i_string_UTF-8_invalid_sequence": ('["日ш'.encode() + b'\xfa"]', Refused(4)),
    "i_string_UTF8_surrogate_U+D800": (b'["\xed\xa0\x80"]', Refused(2)),
    # UTF-16 is not guessed at: its byte order mark is no UTF-8, its zero bytes are no JSON.
    "i_string_UTF-16LE_with_BOM": ('\ufeff["é"]'.encode("utf-16-le"), Refused(0)),
    "i_string_utf16BE_no_BOM": ('["é"]'.encode("utf-16-be"), Refused(0)),
    "i_string_utf16LE_no_BOM": ('["é"]'.encode("utf-16-le"), Refused(1)),
    # Five hundred arrays are within the limit of depth; a byte order mark before UTF-8 is dropped.
    "i_structure_500_nested_arrays": (b"[" * 500 + b"]" * 500, json.loads("[" * 500 + "]" * 500)),
    "i_structure_UTF-8_BOM_empty_object": (b"\xef\xbb\xbf{}", {}),
}


def parametrised(prefix: str) -> pytest.MarkDecorator:
    """One test for each file, or one that is skipped and says why."""
    files = corpus_files(*SUITE, pattern=f"{prefix}*.json")
    return pytest.mark.parametrize("file", files or [None], ids=[file.stem for file in files] or ["no corpus"])


def needed(file: Path | None) -> Path:
    return corpus_folder(*SUITE) if file is None else file


def check(data: bytes) -> Observed:
    """Every chunking; fewer for deeply nested texts, whose events are large in sum."""
    size = 0 if data.count(b"[") > 100 else 2048
    return check_all_chunkings(data, single_splits_up_to=size, states_up_to=size)


@parametrised("y_")
def test_accepted(file: Path | None) -> None:
    data = needed(file).read_bytes()
    seen = check(data)
    assert isinstance(seen.outcome, Complete)
    assert repr(seen.outcome.value) == repr(json.loads(data))


@parametrised("n_")
def test_refused(file: Path | None) -> None:
    data = needed(file).read_bytes()
    seen = check(data)
    assert isinstance(seen.outcome, (Failed, Truncated))
    error = seen.outcome.error
    assert isinstance(error, ParseError)
    if data.count(b"[") < 200:
        expected = predict_bytes(data).ending.error
        assert expected is not None
        assert (error.pos, error.path) == (expected.pos, expected.path)


@pytest.mark.parametrize("name", OPEN)
def test_open_question(name: str) -> None:
    data, wanted = OPEN[name]
    seen = check(data)
    if isinstance(wanted, Refused):
        assert isinstance(seen.outcome, Failed)
        assert seen.error is not None
        assert seen.error.pos == wanted.pos
    else:
        assert isinstance(seen.outcome, Complete)
        assert repr(seen.outcome.value) == repr(wanted)
        if data[:1] != b"\xef":
            assert repr(wanted) == repr(json.loads(data))


def test_the_table_is_the_public_suite() -> None:
    assert len(OPEN) == 35


@parametrised("i_")
def test_the_table_has_the_bytes_of_the_suite(file: Path | None) -> None:
    file = needed(file)
    assert OPEN[file.stem][0] == file.read_bytes().rstrip(b"\n")


TRANSFORM_FILES = corpus_files(*TRANSFORM, pattern="*.json")


@pytest.mark.parametrize(
    "file", TRANSFORM_FILES or [None], ids=[file.stem for file in TRANSFORM_FILES] or ["no corpus"]
)
def test_values(file: Path | None) -> None:
    """What comes out: big numbers, repeated keys, keys that differ in normalisation only, lone surrogates."""
    data = (corpus_folder(*TRANSFORM) if file is None else file).read_bytes()
    try:
        # Given bytes, json.loads lets encoded surrogates pass, which are no UTF-8.
        wanted = json.loads(data.decode())
    except ValueError:
        assert isinstance(check_all_chunkings(data).outcome, Failed)
        return
    seen = check_all_chunkings(data)
    assert isinstance(seen.outcome, Complete)
    assert repr(seen.outcome.value) == repr(wanted)


@pytest.mark.parametrize("depth", [511, 512, 513, 100_000])
def test_depth(depth: int) -> None:
    """The limit of depth is 512 unless one asks for another; the bracket that is one too many is the offender."""
    parser = Parser()
    _, error = feed_all(parser, [b"[" * depth])
    assert (error is None) == (depth <= 512)
    if error is not None:
        assert error.pos == 512
