"""Patterns that are searched for while a string is written. The oracle is ``re.search``.

For random expressions, all short texts over an alphabet are tried: what is said of a whole text is what ``re`` says,
and no text that matches has a beginning that is called dead. A beginning that is not called dead must have an end with
which it matches; that end is looked for in the automaton, and shown to ``re``.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import sys
import threading
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import partialjson
from partialjson._core import nfa, patterns
from partialjson._core.charsets import property_ranges, with_properties
from partialjson._core.patterns import Pattern, State
from support.corpus import corpus_folder
from support.effort import amount, examples

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")

ALPHABET = "ab\n _1éA"
TEXTS = ["".join(text) for length in range(4) for text in itertools.product(ALPHABET, repeat=length)]


# Random expressions.

SIMPLE = [*"abA1_ é", r"\n", ".", "[^a]", "[a-z]", r"[\dA-Z_]", r"[^\s1]", r"[\W_]", r"[^\W_]", r"[\s\S]", r"[^\s\S]"]
SIMPLE += [r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", "[é-\u0130]", "[\u017f\u212a]"]
PLACES = ["^", "$", r"\A", r"\Z", r"\b", r"\B"]
GROUPS = ["(?:", "(", "(?i:", "(?s:", "(?-i:"]
COUNTS = ["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{2,}", "{0}"]
FLAGS = ["", "", "", "(?i)", "(?m)", "(?s)", "(?a)", "(?ai)", "(?x)", "(?ms)"]
# What an automaton cannot say.
HARD = ["(?=a)", "(?!b)", "(?<=a)", r"(?<!\n)", "(?>a|ab)", r"(a|b)\1", "(a)?(?(1)b|_)", "a*+", "(?a:\\W)", "(?!)"]


def expressions(hard: bool) -> st.SearchStrategy[str]:
    atoms = st.sampled_from([*SIMPLE, *SIMPLE, *PLACES, *(HARD if hard else [])])
    inner = st.recursive(
        atoms,
        lambda parts: st.one_of(
            st.builds("".join, st.lists(parts, min_size=2, max_size=3)),
            st.builds(lambda group, inside: f"{group}{inside})", st.sampled_from(GROUPS), parts),
            st.builds(lambda inside, count: f"(?:{inside}){count}", parts, st.sampled_from(COUNTS)),
            st.builds(lambda one, other: f"(?:{one}|{other})", parts, parts),
        ),
        max_leaves=8,
    )
    ahead = st.builds(lambda kind, inside: f"({kind}{inside})", st.sampled_from(["?=", "?!"]), inner)
    begin = st.one_of(st.just(""), st.just("^"), st.builds(lambda aheads: "^" + "".join(aheads), st.lists(ahead)))
    return st.builds(lambda *parts: "".join(parts), st.sampled_from(FLAGS), begin, inner, st.sampled_from(["", "$"]))


def compiled(source: str) -> re.Pattern[str] | None:
    """What ``re`` makes of it; None for a look-behind without a fixed width, and the like."""
    try:
        return re.compile(source)
    except re.error:
        return None


@given(source=expressions(hard=True))
@settings(max_examples=examples(300))
def test_what_is_said_of_texts_is_what_re_says(source: str) -> None:
    oracle = compiled(source)
    if oracle is None:
        with pytest.raises(re.error):
            Pattern(source)
        return
    pattern = Pattern(source)
    states: dict[str, State] = {"": pattern.begin()}
    for text in TEXTS:
        if text:
            before = states[text[:-1]]
            state = states[text] = pattern.step(before, ord(text[-1]))
            assert not before.settled or state is before
        state = states[text]
        matches = oracle.search(text) is not None
        assert pattern.closed(state, text) == matches, text
        assert state.ends == matches if pattern.exact else state.ends >= matches, text
        if matches:
            assert not any(states[text[:length]].dead for length in range(len(text) + 1)), text
        if not matches:
            assert not any(states[text[:length]].reached for length in range(len(text) + 1)), text
        assert not (state.dead and state.reached)


@given(source=expressions(hard=False), text=st.sampled_from(TEXTS))
@settings(max_examples=examples(300))
def test_whoever_is_not_dead_can_still_match(source: str, text: str) -> None:
    oracle = compiled(source)
    assert oracle is not None
    pattern = Pattern(source)
    if not pattern.exact or "^(?" in source:
        # Clauses that fail only together are not seen before they do.
        return
    state = pattern.advance(pattern.begin(), text, 0, len(text))
    if not state.dead:
        rest = a_rest(pattern, state)
        assert rest is not None, f"no rest found for {text!r}"
        assert oracle.search(text + rest), f"{text!r} and {rest!r}"


def a_rest(pattern: Pattern, state: State) -> str | None:
    """A shortest text with which a string in this state matches."""
    seen: dict[State, str] = {state: ""}
    todo = [state]
    for each in todo:
        if each.ends or each.reached:
            return seen[each]
        for char in [*ALPHABET, "z", "Z", "-", "é", "\u0130", "\u017f", "\u212a", "\u0130", "9", "\t"]:
            after = pattern.step(each, ord(char))
            if after not in seen and not after.dead:
                seen[after] = seen[each] + char
                todo.append(after)
    return None


@given(
    source=expressions(hard=True), text=st.text(ALPHABET, max_size=12), cuts=st.lists(st.integers(0, 12), max_size=3)
)
@settings(max_examples=examples(150))
def test_pieces_are_as_good_as_characters(source: str, text: str, cuts: list[int]) -> None:
    if compiled(source) is None:
        return
    pattern = Pattern(source)
    state, death = pattern.begin(), len(text)
    if state.dead:
        death = -1
    for i, char in enumerate(text):
        after = pattern.step(state, ord(char))
        if after.dead and not state.dead:
            death = i
        state = after
    assert pattern.death(pattern.begin(), text, 0, len(text)) == death
    assert pattern.advance(pattern.begin(), text, 0, len(text)) is state
    places = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    pieces = pattern.begin()
    for start, end in itertools.pairwise(places):
        before = pieces
        pieces = pattern.advance(pieces, text, start, end)
        if pieces.dead and not before.dead:
            assert pattern.death(before, text, start, end) == death
    assert pieces is state


# Cases.


@pytest.mark.parametrize(
    ("source", "text", "alive"),
    [
        # How much of the text is read before nothing can match any more.
        ("^[A-Z]{2}[0-9]+$", "AB12x4", 4),
        ("^[A-Z]{2}[0-9]+$", "A1", 1),
        (r"^\d{4}-\d{2}-\d{2}$", "2024-01-011", 10),
        (r"^\d{4}-\d{2}-\d{2}$", "2024-01-01\n", 11),
        (r"^\d{4}-\d{2}-\d{2}$", "2024-01-01\n\n", 11),
        (r"^\d{4}-\d{2}-\d{2}\Z", "2024-01-01\n", 10),
        ("^(red|green|blue)$", "gray", 2),
        ("^[^@]+@[^@]+$", "me@here@there", 7),
        ("abc", "xyz", 3),
        ("^a^b", "a", -1),
        ("a$b", "", -1),
        ("^a$\nb", "a", -1),
        (r"^foo\b.*", "foobar", 3),
        (r"^foo\b!", "foox", 3),
        (r"^foo\b!", "foo?", 3),
        ("^(?!admin)[a-z]+$", "admin", 4),
        (r"^(?=.*\d)[a-z0-9]{3,5}$", "abc-", 3),
        (r"^(?!.*--)[a-z-]+$", "a-b--c", 4),
        (r"^(?!a|ab)", "a", 0),
        ("[^\\s\\S]", "", -1),
        ("(?!)", "", -1),
        ("(?m)^a$", "bcd", 3),
        ("(?i)^straße$", "STRASSE", 4),
        ("^a{0}b", "a", 0),
        # Sets that hold a newline, or just not.
        (r"(?m)[^\n]^a", "", -1),
        (r"(?m)[^\d\n]^a", "", -1),
        (r"(?m)[^\w\n]^a", "", -1),
        (r"(?m)[^\W\n]^a", "", -1),
        (r"(?m)\w^a", "", -1),
        (r"(?m)[\t-\r]^a", "\n\nb", 3),
        (r"(?m)^[^\d]^a", "\nb", 2),
        (r"\A[^\S\n]\Z", "\n", 0),
        (r"\A\s\Z", "\n\n", 1),
        (r"\A[^\n]\b", "-", 1),
        (r"\A[^\w]\ba", "-b", 1),
        (r"\A\w\ba", "", -1),
        (r"\A\d\B-", "", -1),
        (r"\A[a-z]\b[a-z]", "", -1),
        (r"(?a)\A[\u00e9-\u00ea]\ba", "", 0),
        ("^(a|b){2,3}$", "abab", 3),
    ],
)
def test_where_it_is_too_late(source: str, text: str, alive: int) -> None:
    pattern = Pattern(source)
    assert pattern.exact
    assert pattern.death(pattern.begin(), text, 0, len(text)) == alive


@pytest.mark.parametrize(
    ("source", "text", "reached"),
    [
        ("b+", "ab", True),
        ("^a", "a", True),
        ("^a$", "a", False),
        (r"a\b", "a", False),
        (r"a\b", "a ", True),
        (r"\Ba", "ba", True),
        ("", "", True),
        ("(?s)^.*$", "ab", False),
        ("^(?!b)a", "a", True),
        ("^(?!.*b)a", "a", False),
        (r"(?<=a)b", "ab", False),
    ],
)
def test_when_nothing_can_go_wrong_any_more(source: str, text: str, reached: bool) -> None:
    pattern = Pattern(source)
    assert pattern.advance(pattern.begin(), text, 0, len(text)).reached is reached


@pytest.mark.parametrize(
    "source",
    [r"a(?=b)", r"(?<=a)b", r"(a|b)\1", "(?>a|ab)c", "a++b", "(a)?(?(1)b|c)", "^a(?!b)", r"(?a:\W)", "a{11000}b"],
)
def test_what_an_automaton_cannot_say_is_asked_of_re(source: str) -> None:
    pattern = Pattern(source)
    assert not pattern.exact
    for text in ("", "a", "ab", "b", "aa", "aab", "abc", "é", "a" * 11000 + "b", "a" * 10999 + "b"):
        assert pattern.matches(text) == (re.search(source, text) is not None), text[:10]


@pytest.mark.parametrize(
    "source", ["(", "[", "a**", r"\p", r"\p{Script=Greek}", r"\p{Nonsense}", "(?<n>a)", "(?P<n>", "\\"]
)
def test_what_is_no_expression_is_an_error(source: str) -> None:
    with pytest.raises(re.error):
        Pattern(source)


def test_groups_nested_too_deeply_for_re_are_an_error() -> None:
    with pytest.raises(re.error):
        Pattern("(" * 100_000 + "a" + ")" * 100_000)


# Characters.


@pytest.mark.parametrize("source", [r"\d", r"\w", r"\s", r"[^\d_]", r"[\W\d]", r"\b", r"(?a)\w", r"(?a)[\s\D]", "."])
def test_kinds_of_characters_are_those_of_re(source: str) -> None:
    pattern, oracle = Pattern(source), re.compile(source)
    for c in [*range(0x3100), *range(0x3100, 0x110000, amount(97, 1, quick=997))]:
        assert pattern.matches(chr(c)) == (oracle.search(chr(c)) is not None), hex(c)
    for c in (0, 9, 10, 65, 126, 127, 128, 129, 160, 0xFFFF, 0x10000, 0x10FFFF):
        assert pattern.step(pattern.begin(), c) is pattern.advance(pattern.begin(), chr(c), 0, 1), hex(c)


def test_case_is_ignored_as_re_does() -> None:
    cased = [chr(c) for c in range(0x1F000) if chr(c).lower() != chr(c) or chr(c).upper() != chr(c)]
    all_cased = "".join(cased)
    few = random.Random(5).sample(cased, amount(60, 600, quick=15))
    for char in [*few, *"kKsSiIß", "\u212a", "\u017f", "\u0130", "\u0131", "\u00b5", "\u03bc", "\u1e9e"]:
        for source in (f"(?i){char}", f"(?i)[{char}\n]", f"(?i)[^{char}]", f"(?i)[{char}-{chr(ord(char) + 40)}]"):
            pattern, wanted = Pattern(source), set(re.findall(source, all_cased))
            assert pattern.exact or ord(char) > 0xFFFF - 40
            assert {each for each in cased if pattern.matches(each)} == wanted, source


@pytest.mark.parametrize(
    ("source", "yes", "no"),
    [
        (r"^\p{L}+$", "Ωé日a", "a1"),
        (r"^\p{Letter}+$", "Ωé", "-"),
        (r"^\p{Lu}\p{Ll}+$", "Émile", "émile"),
        (r"^[\p{Lu}\p{Nd}_-]+$", "AÉ٣_-", "a"),
        (r"^\P{L}+$", "12 -", "1a"),
        (r"^[^\p{L}]+$", "12 -", "1a"),
        (r"^[\P{L}x]+$", "12x", "1a"),
        (r"^\p{gc=Decimal_Number}$", "٣", "x"),
        (r"^\p{General_Category=Sc}$", "€", "e"),
        (r"^\p{ASCII}+$", "az~", "é"),
        (r"^\p{Any}$", "é", "ab"),
        (r"^[]\p{Nd}]+$", "]1", "["),
        (r"^\\p\{L}$", r"\p{L}", "é"),
    ],
)
def test_properties_are_sets(source: str, yes: str, no: str) -> None:
    pattern = Pattern(source)
    assert pattern.exact
    assert pattern.matches(yes) == ("Any" not in source or (bool(yes) and source != r"\P{Any}"))
    assert not pattern.matches(no)


# As in PropertyValueAliases.txt of the Unicode Character Database; ``LC`` and the one-letter ones are unions.
CATEGORIES = {
    "L": "Letter", "LC": "Cased_Letter", "Lu": "Uppercase_Letter", "Ll": "Lowercase_Letter", "Lt": "Titlecase_Letter",
    "Lm": "Modifier_Letter", "Lo": "Other_Letter", "M": "Mark Combining_Mark", "Mn": "Nonspacing_Mark",
    "Mc": "Spacing_Mark", "Me": "Enclosing_Mark", "N": "Number", "Nd": "Decimal_Number digit", "Nl": "Letter_Number",
    "No": "Other_Number", "P": "Punctuation punct", "Pc": "Connector_Punctuation", "Pd": "Dash_Punctuation",
    "Ps": "Open_Punctuation", "Pe": "Close_Punctuation", "Pi": "Initial_Punctuation", "Pf": "Final_Punctuation",
    "Po": "Other_Punctuation", "S": "Symbol", "Sm": "Math_Symbol", "Sc": "Currency_Symbol", "Sk": "Modifier_Symbol",
    "So": "Other_Symbol", "Z": "Separator", "Zs": "Space_Separator", "Zl": "Line_Separator",
    "Zp": "Paragraph_Separator", "C": "Other", "Cc": "Control cntrl", "Cf": "Format", "Cs": "Surrogate",
    "Co": "Private_Use", "Cn": "Unassigned",
}  # fmt: skip


def test_general_categories_have_long_names() -> None:
    for short, names in CATEGORIES.items():
        ranges = property_ranges(short)
        assert ranges
        assert ranges == sorted(ranges)
        assert all(after > last + 1 for (_, last), (after, _) in itertools.pairwise(ranges)), short
        for char in (chr(c) for pair in ranges for c in pair):
            assert unicodedata.category(char).startswith(("Lu", "Ll", "Lt") if short == "LC" else short)
        for name in names.split():
            for spelled in (name, name.upper(), name.lower().replace("_", ""), f" {name.replace('_', ' ')} "):
                assert property_ranges(spelled) == ranges, spelled
            for property_ in ("gc", "General_Category", " GENERALCATEGORY "):
                assert property_ranges(f"{property_}= {name}") == ranges, name
    assert property_ranges("L&") == property_ranges("LC")
    for parts in ("LMNPSZC", ("Assigned", "Cn")):
        everything = sorted(pair for name in parts for pair in property_ranges(name) or [])
        assert [first for first, _ in everything] == [0, *(last + 1 for _, last in everything[:-1])]
        assert everything[-1][1] == sys.maxunicode
    for unknown in ("", "x", "Lx", "LL", "any", "ascii", "Latin", "sc=L", "=L", "gc=", "gc=Any_"):
        assert property_ranges(unknown) is None, unknown


def test_properties_are_those_of_unicodedata() -> None:
    for name in ("L", "Lu", "Nd", "P", "Cn", "Cs", "LC"):
        wanted = ("Lu", "Ll", "Lt") if name == "LC" else (name,)
        inside: set[int] = set()
        for first, last in property_ranges(name) or []:
            inside.update(range(first, last + 1))
        for c in range(0, 0x110000, amount(13, 1, quick=101)):
            assert (c in inside) == unicodedata.category(chr(c)).startswith(wanted), (name, hex(c))
    assert Pattern(r"\P{Any}").begin().dead
    assert with_properties("no properties") == "no properties"
    with pytest.raises(re.error, match="too many"):
        Pattern(r"\p{L}" * 1000)


# Cost, in steps.


def steps_for(source: str, text: str) -> tuple[Pattern, int]:
    """The pattern, and how many nodes were visited for the text."""
    pattern = Pattern(source)
    before = pattern.work
    matches = pattern.matches(text)
    assert pattern.exact
    if len(text) < 2000 and "(a+)+" not in source:
        assert matches == (re.search(source, text) is not None)
    return pattern, pattern.work - before


@pytest.mark.parametrize("source", [r"^[\w.+-]+$", "^(a+)+$", "(a|a|aa)*c", r"\bno\b", "(?=x|^a)?(x+x+)+y|^a*$"])
def test_a_long_text_takes_no_more_states_than_a_short_one(source: str) -> None:
    pattern = Pattern(source)
    pattern.matches("a" * 50 + "!")
    steps = pattern.work
    pattern = Pattern(source)
    state = pattern.begin()
    for _ in range(1000):
        state = pattern.advance(state, "a" * 1000, 0, 1000)
    assert pattern.step(state, ord("!")) is not None
    assert pattern.work == steps


@pytest.mark.parametrize("source", ["a.{15}b", "[ab]*a[ab]{300}c", "(a|ab|b)*a(a|b){200}$"])
def test_an_expression_with_very_many_states_costs_its_size_for_each_character(source: str) -> None:
    rng = random.Random(3)
    text = "".join(rng.choice("aab") for _ in range(4000))
    pattern, steps = steps_for(source, text)
    nodes = len(nfa.automaton(source).does)  # type: ignore[union-attr]
    assert steps <= 4 * nodes * (len(text) + 1)
    assert len(pattern._states) <= patterns.MOST_STATES
    state = pattern.begin()
    alive = [state := pattern.step(state, ord(char)) for char in text]
    # What was forgotten meanwhile still goes on.
    for index in (10, 3000):
        assert pattern.advance(alive[index], text, index + 1, len(text)).ends == alive[-1].ends


CATASTROPHES = {
    "a literal of 100 KB": ("a" * 100_000, True),
    "words of 100 KB": ("^(" + "|".join(f"word{i}" for i in range(11_000)) + ")$", True),
    "sets of 100 KB": ("".join(f"[^{chr(0x4E00 + i)}]" for i in range(20_000)), True),
    "counts in counts": ("(a{1000}){1000}", False),
    "counts in counts in counts": ("^(((a{1,50}){1,50}){1,50}){1,50}$", False),
    "many counts": ("^" + "(?:[ab]{0,1000}c)?" * 200 + "$", False),
    "stars in stars": ("(" * 60 + "a" + ")*" * 60, True),
    "groups in groups": ("(" * 190 + "a" + ")" * 190, True),
    "a count too great": ("^[a-z]{1,100000}$", False),
    "many bounds": (r"\b\B^$" * 2000, True),
}


@pytest.mark.parametrize("name", CATASTROPHES)
def test_the_size_of_an_automaton_is_bounded(name: str) -> None:
    source, may_be_large = CATASTROPHES[name]
    made = nfa.automaton(source)
    assert made is not None or may_be_large
    if made is not None:
        assert len(made.does) <= nfa.MOST_PARTS + 64
    pattern = Pattern(source)
    for text in ("", "a", "word7", "aaab!", "a" * 2000):
        state = pattern.advance(pattern.begin(), text, 0, len(text))
        if "in stars" in name or "in counts" in name or "many counts" in name:
            # These are what ``re`` should not be asked.
            continue
        assert state.ends >= (re.search(source, text) is not None)


@pytest.mark.parametrize("count", [255, 1024, 4096])
def test_usual_counts_are_exact(count: int) -> None:
    pattern = Pattern(rf"^[\w ]{{1,{count}}}$")
    assert pattern.exact
    assert pattern.death(pattern.begin(), "a b" * count, 0, 3 * count) == count
    assert pattern.matches("x" * count)
    assert not pattern.matches("")


def test_a_count_too_great_is_bounded_and_nothing_more() -> None:
    pattern = Pattern("^[a-z]{1,100000}$")
    assert pattern.death(pattern.begin(), "abc1", 0, 4) == 3
    assert pattern.matches("a" * 100_000)
    assert not pattern.matches("a" * 100_001)


def test_a_catastrophe_of_re_is_linear_here() -> None:
    pattern, steps = steps_for("^(a+)+$", "a" * 100_000 + "b")
    assert steps < 100
    assert not pattern.matches("a" * 100_000 + "b")


@pytest.mark.skipif(partialjson.compiled, reason="constants are compiled in")
def test_without_the_parser_of_re_everything_is_asked_of_re(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nfa, "_PARSER", None)
    pattern = Pattern("^a")
    state = pattern.begin()
    assert not pattern.exact
    assert pattern.advance(state, "xyz", 0, 3) is pattern.step(state, 120) is state
    assert pattern.matches("ab")
    assert not pattern.matches("ba")
    assert pattern.death(state, "ba", 0, 2) == 2


@pytest.mark.skipif(partialjson.compiled, reason="constants are compiled in")
@pytest.mark.parametrize("unknown", ["AT", "LITERAL", "IN"])
def test_an_operation_that_is_not_known_is_asked_of_re(unknown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tree: Any = nfa._PARSER.parse("^a[bc]")

    class Tree:
        """The tree of ``^a[b]``, as a later Python might name something in it."""

        def __init__(self) -> None:
            self.state = tree.state
            self.data = [("NEW" if str(op) == unknown else op, value) for op, value in tree.data]

    class Parser:
        @staticmethod
        def parse(source: str) -> Tree:
            return Tree()

    monkeypatch.setattr(nfa, "_PARSER", Parser)
    pattern = Pattern("^a[bc]")
    assert not pattern.exact
    assert pattern.matches("ab")
    assert not pattern.matches("xab")


def test_threads_share_a_pattern() -> None:
    sources = [r"^(?:[ab]*a[ab]{9}c|\w+é)$", r"^(?=.*\d)(?!.*__)\w{3,}$"]
    rng = random.Random(8)
    texts = ["".join(rng.choice("ab_1éc") for _ in range(60)) for _ in range(60)]
    texts += ["".join(rng.choice("ab") for _ in range(rng.randint(0, 40))) + "a" + "b" * 9 + "c" for _ in range(40)]
    wrong: list[str] = []
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for source in sources:
            wanted = [re.search(source, text) is not None for text in texts]
            pattern = Pattern(source)
            start = threading.Barrier(4)

            def run(pattern: Pattern = pattern, wanted: list[bool] = wanted, start: threading.Barrier = start) -> None:
                start.wait()
                for text, expected in zip(texts, wanted, strict=True):
                    if pattern.matches(text) != expected:
                        wrong.append(text)

            threads = [threading.Thread(target=run) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not wrong


# The patterns of the JSON Schema Test Suite.


def test_the_suite_of_json_schema() -> None:
    tried = 0
    for path in sorted(corpus_folder("json-schema-test-suite", "tests").rglob("*.json")):
        cases = json.loads(path.read_text(encoding="utf-8"))
        sources = set(patterns_in(cases))
        texts = {text for text in strings_in(cases) if len(text) < 300}
        for source in sources:
            spelled = with_properties(source)
            oracle = compiled(spelled)
            if oracle is None:
                continue
            pattern = Pattern(source)
            for text in texts:
                tried += 1
                assert pattern.matches(text) == (oracle.search(text) is not None), (source, text)
    assert tried > 1000


def patterns_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        if isinstance(value.get("patternProperties"), dict):
            yield from value["patternProperties"]
        for each in value.values():
            yield from patterns_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from patterns_in(each)


def strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from strings_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings_in(each)
