"""``Parser``: the lexer, the tree and a plan wired together, and the life of one document.

A parser is open until its document ends (``close`` or ``end``) or an error stops it. Both are final: a failed parser
raises the same error again, a closed one refuses more text. User code (validators) may run inside a call. So a call
from inside another one is refused, and an exception that escapes leaves the parser failed, never in a state between.

The class is native and final: one more Python frame around ``feed`` would cost as much as the feed itself. What its
document must fit is a ``Target``, made elsewhere, so that importing the library imports no schema language.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from typing import TYPE_CHECKING, Any, Final, Generic, cast, final, overload

from partialjson._core.checkpoint import (
    CORRUPT,
    VERSION,
    check_kind,
    corrupt,
    load_bytes,
    load_count,
    load_document,
    load_options,
    load_reading,
    outline,
    save_bytes,
    save_document,
    save_options,
)
from partialjson._core.coerce import coercer_of
from partialjson._core.events import Coerced, Event, Node, Path
from partialjson._core.expected import Expected, expected_of
from partialjson._core.intake import Intake
from partialjson._core.judge import Judge
from partialjson._core.lexer import Lexer
from partialjson._core.loose_rules import loose_rule_of
from partialjson._core.machine import NOT_UTF8
from partialjson._core.mask import KeptBack, Mask, mask_of, without_kept_back
from partialjson._core.numbers import end_number
from partialjson._core.plan import Failure
from partialjson._core.refcounts import COMPILED
from partialjson._core.required import missing_required
from partialjson._core.selection import Selector, compile_selection
from partialjson._core.source import Source
from partialjson._core.spec_rules import rule_of
from partialjson._core.target import MakesTarget, Options, Target, given_of, name_of, target_of
from partialjson._core.tree import Status, Tree
from partialjson._core.utf8 import Utf8
from partialjson._core.valid import ValidChunks
from partialjson._core.view import View
from partialjson._missing import MISSING
from partialjson._typevars import T
from partialjson.coercions import CoercionKind
from partialjson.errors import IncompleteError, ParseError, no_text, path_of
from partialjson.limits import DEFAULT, DEFAULT_DEPTH, TYPED_DEPTH, Limits
from partialjson.options import ON_INVALID, JSONSchema, NumberReader, OnInvalid, ParserOptions, check_switches
from partialjson.outcomes import Complete, Failed, Outcome, Truncated
from partialjson.reasons import cuts
from partialjson.repairs import Lenient, Repair, Skipped, lenient_of

if TYPE_CHECKING:
    from types import UnionType

    from mypy_extensions import i64
    from pydantic import TypeAdapter

OPEN: Final = 0
RUNNING: Final = 1
FAILED: Final = 2
CLOSED: Final = 3


OTHER_TARGET: Final = "this checkpoint was made with another target; give the same one"

UNKNOWN: Final = 0
STR: Final = 1
BYTES: Final = 2


@final
class Parser(Generic[T]):
    """A push parser for one JSON document.

    Args:
        target: what the document must be: nothing for plain JSON values, a pydantic model or any other type pydantic
            understands, a ``TypeAdapter``, a Struct of msgspec, a class of attrs or a type with one in it, or something
            that makes a ``Target`` (``__partialjson_target__``).
        schema: a JSON Schema that the document must fit, instead of a target: a dict or a bool. The result is plain
            JSON values. To say more of a schema, give a ``Schema``. The package jsonschema is needed.
        select: which completions are reported, as path patterns (``$.items[*].name``). By default all; ``[]`` for none.
        lenient: True to read what models write instead of JSON and mend it while it streams, or a ``Lenient`` to say
            which repairs are wanted. JSON is read as ever. The outcome tells what was mended, and ``Repaired`` events
            do while it happens. A value that does not fit the target is read in another form, if there is one; how far
            that goes, says ``Lenient(coerce=...)``, and ``Coerced`` events tell what was done.
        missing: the value of ``json`` and ``value`` before anything has come, and of absent attributes.
        limits: bounds on depth, string, number and document; see ``Limits``.
        strict, context, by_alias, by_name: as in pydantic's ``validate_json``.
        on_invalid: what to do with a value that does not fit the target. "collect": report an ``Invalid`` event and go
            on; ``close`` raises the validator's error for the whole document. "raise": ``feed`` raises InvalidError at
            once, also for an open value that can no longer become valid. "skip": report a bad element of an array and
            leave it out of the result; anything else as for "collect".
        predict: report an open string for which only one value is left as ``Predicted``.
        parse_float, parse_int: as in ``json.loads``, functions that make a value of the text of a number with a
            fraction or an exponent, or of any other: ``parse_float=Decimal`` keeps money exact. Without a target only;
            a field of the type Decimal is what pydantic makes of it. What such a function raises leaves ``feed``, and
            the parser has failed.
        retain: False to keep only the selected value that is open, for documents larger than memory. ``select`` says
            what is delivered. Every other value is validated one by one when it closes, and then dropped: ``json`` and
            ``value`` show the open path, and ``close`` returns ``missing``. The containers around selected values are
            not validated as a whole (missing fields, lengths, their own validators). ``deltas``, ``seq``,
            ``checkpoint`` and ``fork`` are not available.

    Raises:
        TypeError: an option has the wrong type, needs a target where there is none (``strict``, ``context``,
            ``by_alias``, ``by_name``, ``on_invalid``, ``predict``), or is for documents without one (``parse_float``,
            ``parse_int``); a target and a schema were given, or a schema as the target; ``on_invalid="skip"`` with a
            schema.
        ValueError: ``on_invalid`` is none of those above; a pattern of ``select`` is not supported, or leads to where
            no document that fits the target can have anything; ``retain=False`` without ``select``.
        pydantic.PydanticUserError, NameError: pydantic does not understand the target, or a name in it is undefined.
        jsonschema.SchemaError: the schema is not valid, or refers to nothing; ``path`` says where.
        ImportError: a schema was given, and the package jsonschema is not installed.
    """

    def __init__(
        self,
        target: type[T] | TypeAdapter[T] | UnionType | MakesTarget | None = None,
        *,
        schema: JSONSchema | None = None,
        select: Iterable[str] | None = None,
        lenient: bool | Lenient = False,
        missing: Any = MISSING,
        limits: Limits | None = None,
        strict: bool | None = None,
        context: Any = None,
        by_alias: bool | None = None,
        by_name: bool | None = None,
        on_invalid: OnInvalid = "collect",
        predict: bool = False,
        retain: bool = True,
        parse_float: NumberReader | None = None,
        parse_int: NumberReader | None = None,
    ) -> None:
        if limits is None:
            limits = DEFAULT
        elif not isinstance(limits, Limits):
            raise TypeError(f"limits is a Limits, not {type(limits).__name__}")
        if not COMPILED:
            # Compiled, the call itself has refused what is no bool.
            check_switches(strict, by_alias, by_name, predict, retain)
        if select is not None and not isinstance(select, (str, bytes)):
            if not isinstance(select, Iterable):
                raise TypeError(f"select takes a list of patterns, not {type(select).__name__}")
            select = list(select)
        if on_invalid not in ON_INVALID:
            raise ValueError(f"on_invalid must be 'collect', 'raise' or 'skip', not {on_invalid!r}")
        if not retain and select is None:
            raise ValueError("retain=False keeps only what select names: give select, for instance ['$.items[*]']")
        options = Options(missing, strict, context, by_alias, by_name)
        self._life: i64 = OPEN
        self._input: i64 = UNKNOWN
        # The same if the lexer reads it, once that is known: one test tells where a chunk goes.
        self._reads: i64 = UNKNOWN
        self._utf8: Utf8 | None = None
        self._unread: i64 = 0
        self._failure: Exception | None = None
        self._outcome: Outcome[T] | None = None
        # What was last told by ``deltas``, and whether an earlier time may still be asked for.
        self._asked: i64 = -1
        self._pinned = False
        # What deltas leave out, once somebody has asked for them.
        self._kept_back: Mask | None = None
        self._has_mask = False
        given = given_of(target, schema)
        self._target: Final[Target | None] = None if given is None else target_of(given, options)
        self._limits: Final = limits
        self._retains: Final = retain
        self._select: Any = select
        self._strict = strict
        self._context: Any = context
        self._by_alias = by_alias
        self._by_name = by_name
        self._on_invalid: OnInvalid = on_invalid
        self._predicts = predict
        selector = compile_selection(select)
        self._tree: Final = Tree(selector, missing)
        if not retain:
            self._tree.keep_only(selector)
        self._parse_float: Any = parse_float
        self._parse_int: Any = parse_int
        if self._reads_numbers:
            for name, parse in (("parse_float", parse_float), ("parse_int", parse_int)):
                if parse is not None and not callable(parse):
                    raise TypeError(f"{name} is a function such as Decimal, not {type(parse).__name__}")
            if self._target is not None:
                raise TypeError(
                    "parse_float and parse_int are for documents without a target; with one, its types say what "
                    "numbers become: declare the field as Decimal, or as str with coerce_numbers_to_str"
                )
        source = Source() if self._target is not None or (self._reads_numbers and self._retains) else None
        self._lexer: Final = Lexer(
            self._tree,
            limits.depth if limits.depth is not None else DEFAULT_DEPTH if self._target is None else TYPED_DEPTH,
            limits.string,
            limits.number,
            limits.document,
            source,
            # Pydantic does not take them.
            self._target is None or self._target.plan is None,
        )
        if self._reads_numbers:
            self._lexer.read_numbers_by(parse_float, parse_int)
        self._lenient: Final = None if lenient is False else lenient_of(lenient)
        if select and self._target is not None and not self._coerces():
            from partialjson._core.reachable import refuse_unreachable

            refuse_unreachable(select, self._target.spec)
        if self._target is not None and source is not None:
            self._follow(self._target, source, selector is not None)
        elif options.are_of_validation:
            raise TypeError("strict, context, by_alias and by_name need a target, and this parser has none")
        elif on_invalid != "collect" or predict:
            raise TypeError("on_invalid and predict need a target, and this parser has none")
        # What brings the text to the mender, of a lenient parser.
        self._intake: Intake | None = None
        if self._lenient is not None:
            self._intake = Intake(self._lexer, self._target, self._lenient, selector, _reader)
        # What reads the str that needs no mending; None before some has come.
        self._valid: ValidChunks | None = None

    def __repr__(self) -> str:
        name = "" if self._target is None else f" of {name_of(self._target.given)}"
        if self._life == OPEN:
            life = "root closed" if self.done else "open"
        else:
            life = "broken" if self._life == FAILED else "ended" if self._life == CLOSED else "in a call"
        return f"<Parser{name}, {life} after {self.pos} characters>"

    def _coerces(self) -> bool:
        """May values that do not fit their target be read in another form?"""
        return self._lenient is not None and self._lenient.coerce != "syntax"

    def _follow(self, target: Target, source: Source, reports: bool) -> None:
        """Let the view of the target, if it has one, and a judge see everything; ``reports``: are there events?"""
        stops = self._on_invalid == "raise"
        skips = self._on_invalid == "skip"
        plan = target.plan
        coerces = self._coerces()
        if plan is None and skips:
            raise TypeError(
                'on_invalid="skip" needs a type: the result of a schema is the document itself, with all its elements'
            )
        if plan is None and coerces and target.fitting_plan is not None:
            plan = target.fitting_plan()
        if plan is not None:
            view = View(plan, target.run, self._tree.missing, source)
            view.skips = skips
            if self._lenient is not None:
                view.coercer = coercer_of(self._lenient.coerce)
            self._tree.follow(view, stops)
            if view.coercer is not None and view.coercer.moves:
                # Nothing can be foreseen of a value whose structure may change at its close.
                return
        if plan is None or stops or reports:
            # Without a plan, its verdict is the document's.
            rule = None if coerces and plan is not None else target.rule
            if rule is None:
                rule = loose_rule_of(target.spec) if coerces else rule_of(target.spec)
            refuses = target.refuses if plan is None else None
            self._tree.be_judged(Judge(rule, source, self._predicts, skips), source, refuses, stops)

    # Text in.

    @overload
    def feed(self, chunk: str) -> tuple[Event, ...]: ...

    @overload
    def feed(self, chunk: bytes) -> tuple[Event, ...]: ...

    def feed(self, chunk: object) -> tuple[Event, ...]:
        """Read the next chunk of the document, cut anywhere; returns what happened in it, in document order.

        ``bytes`` are UTF-8; one leading byte order mark is dropped. Feed a parser str or bytes, not both. An empty
        chunk changes nothing.

        Raises:
            ParseError: the text is not JSON or passes a limit. ``error.events`` has what this chunk completed before.
            InvalidError: a ParseError for a value that does not fit, with ``on_invalid="raise"``.
            RuntimeError: the document was closed, or this is called from a validator that runs inside another call.
            TypeError: the chunk is neither str nor bytes, or not what the earlier chunks were.
        """
        if self._life != OPEN:
            self._refuse("feed")
        self._life = RUNNING
        try:
            if isinstance(chunk, str):
                if type(chunk) is not str:
                    # A subclass could override adding and slicing.
                    chunk = "".join((chunk,))
                if self._reads == STR:
                    self._lexer.feed(chunk)
                elif self._valid is not None and self._valid.feed(chunk):
                    # Nothing had to be mended.
                    pass
                elif self._reads_by_lexer(STR, chunk):
                    self._lexer.feed(chunk)
            elif isinstance(chunk, bytes):
                if type(chunk) is not bytes:
                    chunk = b"".join((chunk,))
                if self._reads == BYTES or self._reads_by_lexer(BYTES, chunk):
                    self._feed_bytes(chunk)
            else:
                self._life = OPEN
                raise no_text(chunk)
            # Whatever makes a call stands before the call is over: an interrupt can come at any of them.
            if not self._retains and self._lexer.source is not None:
                self._lexer.source.forget(self._tree.needs_text_from())
            observer = self._tree.observer
            if observer is None or not observer.events:
                self._life = OPEN
                return ()
            if self._intake is not None:
                self._intake.mender.translate_events()
            events = observer.take_events()
            self._life = OPEN
            return events
        except BaseException as error:
            try:
                if self._life == RUNNING:
                    self._fail(error)
            finally:
                # Even if an interrupt comes while an error is handled.
                if self._life == RUNNING:
                    self._life = FAILED
            raise

    def feed_value(self, chunk: object) -> tuple[tuple[Event, ...], int]:
        """Like ``feed``, for text that goes on after the document: reads up to the end of the root value.

        Returns the events, and how much of the chunk belongs to the document, in characters or bytes. White space after
        the root is read too. A number at the root ends at the first character that cannot be part of a number.

            events, used = parser.feed_value('{"a": 1} and so on')      # used == 9

        Raises:
            as ``feed``, but never for text after the root.
        """
        if self._life != OPEN:
            # Before anything is changed that an outer call relies on.
            self._refuse("feed_value")
        lexer = self._lexer
        mender = None if self._intake is None else self._intake.mender
        self._unread = 0
        if mender is not None and self._intake is not None:
            self._intake.begins_here()
            mender.stops = True
        else:
            lexer.stops = True
        try:
            events = self.feed(chunk)  # type: ignore[call-overload]
        finally:
            stopped = lexer.stopped if mender is None else mender.stopped
            if mender is not None:
                mender.stops = False
                mender.stopped = -1
            lexer.stops = False
            lexer.stopped = -1
        if self._input == STR and stopped >= 0:
            return events, stopped
        return events, max(len(cast("Sized", chunk)) - self._unread, 0)

    def _left(self) -> tuple[str, int, int, int, int] | None:
        """For a lenient parser whose document has ended in ``feed_value``, perhaps with an error: all that does not
        belong to it, which may begin in an earlier chunk, and where the document ended, as ``Mender.left``."""
        return None if self._intake is None else self._intake.mender.left()

    def _reads_by_lexer(self, kind: i64, chunk: Any) -> bool:
        """Is this chunk, the first one or one of a lenient parser, for the lexer? If not, it has been read."""
        if self._input != kind and chunk:
            self._accept(kind)
        intake = self._intake
        if intake is None:
            self._reads = self._input
            return True
        if kind == STR:
            intake.feed(chunk)
        elif chunk:
            self._unread = intake.feed_bytes(self._bytes(), chunk)
        return False

    def _accept(self, kind: i64) -> None:
        if self._input != UNKNOWN:
            self._life = OPEN
            have, got = ("str", "bytes") if kind == BYTES else ("bytes", "str")
            raise TypeError(f"this document was fed {have} before and {got} now; feed only one of them")
        self._takes(kind)

    def _takes(self, kind: i64) -> None:
        self._input = kind
        if kind == STR and self._intake is not None:
            self._valid = self._intake.mender.valid

    def _feed_bytes(self, chunk: bytes) -> None:
        if not chunk:
            return
        utf8 = self._bytes()
        lexer = self._lexer
        text = utf8.decode(chunk)
        base = lexer.base
        try:
            lexer.feed(text)
            if lexer.stops and utf8.tail:
                # A number at the root ends where a character begins that cannot be part of a number.
                end_number(lexer)
            if lexer.stops and lexer.done():
                # Even the bytes held back for the rest of their character do not belong to the document.
                self._unread = utf8.leave(text if lexer.stopped < 0 else text[: lexer.stopped])
            elif utf8.fault:
                lexer.refuse(NOT_UTF8, utf8.fault, "", 0)
        except ParseError as error:
            if error.pos < base and lexer.source is not None:
                # The value began in an earlier chunk.
                error.byte_pos = lexer.source.bytes_before(error.pos)
            else:
                index: i64 = error.pos - base
                error.byte_pos = utf8.offset(text[:index])
            raise

    def _bytes(self) -> Utf8:
        utf8 = self._utf8
        if utf8 is None:
            utf8 = self._utf8 = Utf8()
        return utf8

    def _has_no_bom(self) -> None:
        """What comes first is no byte order mark: the document stands in a longer text."""
        self._bytes().bom_checked = True

    def _report(self, selector: Selector | None) -> None:
        """Report completions in other places than the option ``select`` says; nothing has been read."""
        self._tree.report(selector)

    def _fail(self, error: BaseException) -> None:
        self._life = FAILED
        if self._intake is not None:
            self._intake.mender.stops_at(error)
            self._intake.mender.translate_events()
        if isinstance(error, Exception):
            self._failure = error
        else:
            # Raised again later, it would interrupt something else.
            self._failure = RuntimeError(f"an earlier call was interrupted by {type(error).__name__}")
        if isinstance(error, ParseError):
            error.events = self._tree.take_events()
            self._lexer.base = error.pos

    def _why(self) -> Exception:
        """What a failed parser raises."""
        if self._failure is None:
            # An interrupt came while an error was handled.
            self._failure = RuntimeError("an earlier call was interrupted")
        return self._failure

    def _refuse(self, what: str) -> None:
        if self._life == FAILED:
            raise self._why().with_traceback(None)
        if self._life == RUNNING:
            raise RuntimeError(f"{what}() was called from inside another call of the same parser")
        raise RuntimeError(f"{what}() after the document was closed; use a new Parser for a new document")

    # The document so far.

    @property
    def json(self) -> Any:
        """The document so far as plain JSON values; MISSING before anything has come. Never changed afterwards."""
        return self._tree.snapshot()

    @property
    def value(self) -> Any:
        """The typed view of the document so far; the same as ``json`` where there is no target."""
        return self._tree.typed_snapshot()

    @property
    def shown(self) -> Any:
        """``json`` without what the target keeps back from others than the program: what the deltas fold to.

        MISSING, whatever ``missing`` was given, if nothing has come that may be shown. Where something is kept back,
        this costs as much as the document is long.
        """
        if self._tree.status(()) == "missing":
            return MISSING
        mask = self._mask()
        value = self._tree.snapshot()
        if mask is None:
            return value
        if mask.hides(value):
            return MISSING
        return mask.shown(value) if isinstance(value, (dict, list)) else value

    @property
    def target(self) -> Target | None:
        """What the document must fit, ready for another parser or for ``render.form``; None if that is any JSON."""
        return self._target

    @property
    def done(self) -> bool:
        """The root value has closed. A number at the root closes at white space or ``close()``."""
        return self._lexer.done()

    @property
    def path(self) -> Path:
        """The open path: keys and indexes of the open containers, and of the value that is growing or expected next."""
        return self._lexer.path()

    @property
    def growing(self) -> Path | None:
        """The path of the innermost visible value that is open; None where there is none."""
        return self._tree.open_path()

    @property
    def outcome(self) -> Outcome[T] | None:
        """What ``end`` has returned: how the document ended; None before ``end`` or ``close`` was called."""
        return self._outcome

    @property
    def pos(self) -> int:
        """Code points read so far."""
        if self._intake is None:
            return self._lexer.base
        return self._intake.pos(self._life == FAILED)

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """What lenient parsing has mended so far, in the order of the text. The last one may still go on."""
        return () if self._intake is None else self._intake.mender.repairs()

    @property
    def ended_at(self) -> int:
        """Where in the text the document ended, in code points, if lenient parsing looks for no more of it and leaves
        out what follows; -1 otherwise."""
        return -1 if self._intake is None else self._intake.ended_at()

    @property
    def seq(self) -> int:
        """The visible size of the document: the position to pass to ``deltas(since=...)``."""
        self._needs_all("seq")
        size = self._tree.start_changes().size
        self._pinned = True
        return size

    def status(self, path: Sequence[str | int]) -> Status:
        """``"missing"``, ``"partial"``, ``"complete"`` or ``"invalid"`` for the value at ``path`` of ``json``.

        A value is missing until it is visible; it is invalid if it has closed and does not fit its target.

        Raises:
            TypeError: ``path`` is no list or tuple of keys and indexes.
        """
        return self._tree.status(path_of(path))

    def expected(self) -> Expected:
        """What may come next: the types of a value, the keys of an object, the only members, the separators.

        It is found out when somebody asks. What can be valid is always in it; see ``Expected``. For an editor, a form
        that is drawn before it is filled, or the next token of a model.

            parser.feed('{"size": "l')
            parser.expected().members           # ("large", "little")

        Raises:
            RuntimeError: the parser has failed, or ``retain=False`` without events.
        """
        if self._life == FAILED:
            raise self._why().with_traceback(None)
        target = self._target
        judge = self._tree.judge
        lexer = self._lexer
        if target is not None and judge is None:
            self._needs_all("expected()")
            lexer = self._judged_again(target)
            judge = lexer.tree.judge
        return expected_of(lexer, judge)

    def _judged_again(self, target: Target) -> Lexer:
        """A lexer that has read this document, and a judge that has seen it: nobody has asked for one before."""
        limits = self._limits
        tree = Tree(None, self._tree.missing)
        source = Source()
        rule = rule_of(target.spec) if target.rule is None else target.rule
        tree.be_judged(Judge(rule, source), source, None, False)
        depth = self._lexer.max_depth
        lexer = Lexer(tree, depth, limits.string, limits.number, limits.document, source, self._lexer.lone_surrogates)
        assert self._lexer.source is not None
        lexer.feed(self._lexer.source.all)
        return lexer

    def deltas(self, since: int | None = None, *, raw: bool = False) -> list[dict[str, Any]]:
        """What changed in ``json``: ``{"op": "add" | "replace" | "append", "path": JSON Pointer, "value": ...}``.

        ``add`` and ``replace`` are those of RFC 6902; ``append`` adds text to the end of a string. Applied in order to
        the earlier document, they give the present one (``partialjson.patch.apply_deltas``, law 9). A new container
        comes with everything in it.

        With a target, what its type keeps back is left out: fields that are excluded from dumps, and secrets. The
        deltas then fold to the document without those members; an element of an array that is kept back is null.

        Args:
            since: a ``seq``, for the changes after it; by default, the changes since the last call without an argument.
                For a time before the first call, the answer is one change of the whole document.
            raw: leave nothing out.
        """
        if since is not None and (isinstance(since, bool) or not isinstance(since, int)):
            raise TypeError(f"since is a sequence number (Parser.seq), not {type(since).__name__}")
        self._needs_all("deltas()")
        tree = self._tree
        changes = tree.start_changes()
        now = changes.size
        if since is not None:
            if not 0 <= since <= now:
                raise ValueError(f"since must be between 0 and seq ({now}), not {since}")
            self._pinned = True
            return self._deltas(since, raw) if since < now else []
        asked = self._asked
        found: list[dict[str, Any]] = []
        if asked < 0:
            if now > 0:
                found = [{"op": "add", "path": "", "value": tree.snapshot()}]
                mask = None if raw else self._mask()
                if mask is not None:
                    found = without_kept_back(found, [None], mask)
        elif asked < now:
            found = self._deltas(asked, raw)
        self._asked = now
        if not self._pinned:
            changes.forget(now, tree.in_text)
        return found

    def _deltas(self, since: i64, raw: bool) -> list[dict[str, Any]]:
        mask = None if raw else self._mask()
        if mask is None:
            return self._tree.deltas(since, None)
        places: list[Node | None] = []
        found = self._tree.deltas(since, places)
        return without_kept_back(found, places, mask)

    def _mask(self) -> Mask | None:
        """What the target keeps back; None if that is nothing."""
        if self._target is not None and not self._has_mask:
            self._kept_back = mask_of(self._target.spec, self._coerces())
            self._has_mask = True
        return self._kept_back

    def kept_back(self, path: Sequence[str | int] = ()) -> KeptBack:
        """How much of the place at ``path`` the deltas leave out: "nothing", "part" of what is inside, or "all" of it.

        A property of the target, so it holds whether or not something has come there. Whoever shows more of a document
        than its deltas, such as the messages of errors, must leave out the same.

        Raises:
            TypeError: ``path`` is no list or tuple of keys and indexes.
        """
        place = path_of(path)
        mask = self._mask()
        if mask is None:
            return "nothing"
        for key in place:
            if mask.hidden:
                break
            mask = mask.inside(key)
        if mask.hidden:
            return "all"
        return "part" if mask.is_partial else "nothing"

    # The end.

    def close(self) -> T:
        """End the document and return its final value. Calling it again returns the same.

        Raises:
            IncompleteError: the root value has not closed; ``path`` is the place that was open.
            ParseError: what stopped the document earlier.
            pydantic.ValidationError: the document does not fit the target.
            jsonschema.ValidationError: the document does not fit the schema; as ``jsonschema.validate`` raises it.
        """
        outcome = self.end()
        if isinstance(outcome, Complete):
            return outcome.value
        error = outcome.error
        assert error is not None
        raise error.with_traceback(None)

    def end(self, reason: str | None = None) -> Outcome[T]:
        """End the document and return how it ended: ``Complete``, ``Truncated`` or ``Failed``. Never raises for the
        document.

        Args:
            reason: why the stream ended, in the provider's words or your own. It is recorded. A number at the root is
                complete only if the reason is None or one that does not cut the text ("stop", "end_turn", "tool_calls"
                ...).
        """
        if reason is not None and not isinstance(reason, str):
            raise TypeError(f"a reason is a str, not {type(reason).__name__}")
        if self._outcome is not None:
            return self._outcome
        if self._life == RUNNING:
            self._refuse("end")
        # The events stay where they are until the outcome is there: if an interrupt comes, the next call gives them.
        outcome = self._failed(self._why(), reason) if self._life == FAILED else self._end(reason)
        self._outcome = outcome
        return outcome

    def _end(self, reason: str | None) -> Outcome[T]:
        if self._life != CLOSED:
            self._life = RUNNING
        try:
            is_cut = reason is not None and cuts(reason)
            if self._intake is not None:
                is_half = self._utf8 is not None and len(self._utf8.tail) > 0
                self._intake.finish(is_cut, self._input == BYTES, is_half)
            elif self._utf8 is not None and self._utf8.tail:
                raise self._lexer.incomplete()
            else:
                self._lexer.finish(is_cut)
            self._life = CLOSED
        except IncompleteError as error:
            self._life = CLOSED
            if self._input == BYTES:
                error.byte_pos = self._bytes().end()
            return Truncated(
                self._lexer.path(),
                self.json,
                self.value,
                reason,
                # Its traceback would hold this parser, which holds the error.
                error.with_traceback(None),
                self._tree.pending_events(),
                self._tree.open_path(),
                self._missing_required(),
                *self._mended(),
            )
        except BaseException as error:
            if isinstance(error, ParseError) and self._input == BYTES:
                if self._intake is not None:
                    error.byte_pos = self._intake.mender.error_byte
                elif self._lexer.source is not None:
                    error.byte_pos = self._lexer.source.bytes_before(error.pos)
            try:
                self._fail(error)
            finally:
                if self._life == RUNNING:
                    self._life = FAILED
            if not isinstance(error, Exception):
                raise
            return self._failed(error, reason)
        result = self._tree.result()
        if isinstance(result, Failure):
            return self._failed(result.error, reason, None if result.list_all is None else tuple(result.list_all()))
        if not self._retains:
            result = self._tree.missing
        if self._intake is None:
            return Complete(cast("T", result), self._tree.pending_events(), reason)
        return Complete(cast("T", result), self._tree.pending_events(), reason, *self._mended())

    def _failed(self, error: Exception, reason: str | None, lines: tuple[Any, ...] | None = None) -> Failed:
        events = error.events if isinstance(error, ParseError) else self._tree.pending_events()
        return Failed(error, self.json, self.value, reason, events, *self._mended(), lines)

    def _mended(self) -> tuple[tuple[Repair, ...], tuple[Skipped, ...], tuple[Coerced, ...]]:
        """What was mended, what was left out, and what was read in another form."""
        intake = self._intake
        if intake is None:
            return (), (), ()
        return intake.mender.repairs(), intake.skipped(), self._tree.coerced()

    def _missing_required(self) -> tuple[Path, ...]:
        """Required fields that have not come, in the objects that are open."""
        if self._target is None or not self._retains:
            return ()
        json = self.json if self._tree.ground else MISSING
        missing = missing_required(self._target.spec, json, self._tree.open_path())
        coerced = self._tree.coerced() if missing else ()
        came = {(*each.path[:-1], each.after) for each in coerced if each.kind == CoercionKind.KEY}
        return tuple([path for path in missing if path not in came])

    def reopen(self) -> int:
        """Continue a document that was cut off: ``feed`` is allowed again, and the outcome is discarded.

        If the end cut a number, a literal, an escape or a UTF-8 sequence, that part is dropped, since nobody knows how
        it was to continue; nothing of it was ever visible. On a parser that has not ended, dropping this part is the
        only effect.

        Returns:
            How many characters were dropped from the end of the text.

        Raises:
            RuntimeError: the document is complete or failed; there is nothing to go on with.
        """
        if self._life == RUNNING:
            self._refuse("reopen")
        if self._life == FAILED:
            raise RuntimeError("reopen() after the document failed; feed the text before the error to fresh()")
        if self._life == CLOSED and not isinstance(self.end(), Truncated):
            raise RuntimeError("reopen() after the document was completed; there is nothing to go on with")
        if self._life == CLOSED and self._intake is not None and self._intake.waits_for_end():
            raise RuntimeError("reopen() after the last document was looked for; feed the whole text to fresh()")
        dropped = self._lexer.drop_token() if self._intake is None else self._intake.mender.drop_token()
        if self._utf8 is not None:
            self._utf8.go_back(dropped if self._input == BYTES else 0)
        self._outcome = None
        self._life = OPEN
        return dropped

    def fresh(self) -> Parser[T]:
        """A new, empty parser with the target and the options of this one."""
        return Parser(self._given, **self._options)

    @property
    def _options(self) -> ParserOptions:
        """The options of this parser, for another one or for a checkpoint."""
        return {
            "select": self._select,
            "missing": self._tree.missing,
            "limits": self._limits,
            "strict": self._strict,
            "context": self._context,
            "by_alias": self._by_alias,
            "by_name": self._by_name,
            "on_invalid": self._on_invalid,
            "predict": self._predicts,
            "retain": self._retains,
            "parse_float": self._parse_float,
            "parse_int": self._parse_int,
            "lenient": False if self._lenient is None else self._lenient,
        }

    @property
    def _reads_numbers(self) -> bool:
        """Do functions read the numbers?"""
        return self._parse_float is not None or self._parse_int is not None

    def _needs_all(self, what: str) -> None:
        if not self._retains:
            raise RuntimeError(f"{what} needs the whole document, and retain=False keeps only what is open")

    # Checkpoints.

    def checkpoint(self) -> dict[str, Any]:
        """The state as JSON-able plain data, from which ``Parser.restore`` goes on in any process.

        It is canonical: equal for equal text, however the text was cut.

        Raises:
            RuntimeError: the document has ended or failed; there is nothing to go on with.
        """
        if self._life != OPEN:
            if self._life == RUNNING:
                self._refuse("checkpoint")
            raise RuntimeError("checkpoint() needs an open document, and this one has ended")
        self._needs_all("checkpoint()")
        state: dict[str, Any] = {
            "partialjson": VERSION,
            **save_document(self._lexer),
            **save_bytes(self._utf8),
            "input": self._input,
            "asked": self._asked,
            "pinned": self._pinned,
            "options": save_options(self._options),
            "target": self._fingerprint(),
        }
        if self._reads_numbers:
            state["numbers"] = self._number_readers()
        if self._intake is not None:
            state |= self._intake.save()
        return state

    def _number_readers(self) -> list[str]:
        """Which numbers functions read, by the options' names."""
        given = {"parse_float": self._parse_float, "parse_int": self._parse_int}
        return [name for name in given if given[name] is not None]

    @staticmethod
    def restore(
        state: Any,
        target: Any = None,
        *,
        schema: JSONSchema | None = None,
        missing: Any = MISSING,
        context: Any = None,
        parse_float: NumberReader | None = None,
        parse_int: NumberReader | None = None,
    ) -> Parser[Any]:
        """A parser that goes on where ``checkpoint`` was called.

        Args:
            state: the result of ``checkpoint``, possibly after a round trip through JSON.
            target, schema: the target or schema of the saved parser. A typed document is validated again.
            missing, context, parse_float, parse_int: as for ``Parser``; they are not part of a checkpoint. The numbers
                of the document so far are read again. Deltas go on from the whole document then.

        Raises:
            TypeError: ``state`` is the text of a checkpoint; others as for ``Parser``.
            ValueError: the checkpoint is corrupt, of another version, of another target, or its numbers were not read
                by functions for the same options.
        """
        return _restore(state, target, missing, context, parse_float, parse_int, False, schema)

    def _outline(self) -> str:
        """A short text after which the same characters can follow; this parser has just been reopened."""
        return outline(self._lexer)

    def fork(self) -> Parser[T]:
        """A second parser in the same state; the two then go their own ways.

        Raises:
            RuntimeError: as ``checkpoint``.
        """
        state, target, missing, context, parse_float, parse_int = self._saved()
        return cast("Parser[T]", _restore(state, target, missing, context, parse_float, parse_int, True))

    def __copy__(self) -> Parser[T]:
        return self.fork()

    def __deepcopy__(self, memo: object) -> Parser[T]:
        return self.fork()

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, self._saved()

    def _saved(self) -> tuple[Any, ...]:
        """All that a copy in the same process takes."""
        numbers = (self._parse_float, self._parse_int)
        return self.checkpoint(), self._given, self._tree.missing, self._context, *numbers

    @property
    def _given(self) -> Any:
        """What the target was made of; None where there is none."""
        return None if self._target is None else self._target.given

    def _fingerprint(self) -> str | None:
        return None if self._target is None else self._target.fingerprint()

    def _load(self, state: dict[str, Any], is_own: bool) -> None:
        """Take over a state; the parser is new. A state ``is_own`` if this process has just saved it."""
        intake = self._intake
        if intake is not None:
            intake.load_held(state)
            self._lexer.is_mended = not state["mending"]["strict"]
        load_document(self._lexer, state, is_own)
        if intake is not None:
            intake.load(state)
        self._takes(load_count(state["input"], BYTES))
        source = self._lexer.source
        known: i64 = -1
        if intake is not None:
            known = intake.bytes_read()
        elif source is not None:
            known = source.bytes_before(self._lexer.base)
        self._utf8 = load_bytes(state, self._input == BYTES, self.pos, known)
        if self._input == UNKNOWN and self.pos > 0:
            raise ValueError("it has text, and no kind of input")
        self._asked, self._pinned = load_reading(self._lexer.tree, state)


def _reader(lenient: Lenient) -> Parser[Any]:
    """A parser that only tells where a document ends."""
    return Parser(select=[], lenient=lenient)


def _restore(
    state: Any,
    target: Any,
    missing: Any,
    context: Any,
    parse_float: Any = None,
    parse_int: Any = None,
    is_own: bool = False,
    schema: Any = None,
) -> Parser[Any]:
    check_kind(state, "partialjson", VERSION)
    has_target = target is not None or schema is not None
    if has_target != (state.get("target") is not None):
        raise ValueError(
            "this checkpoint was made without a target; restore it without one"
            if has_target
            else "this checkpoint was made with a target; give the same one"
        )
    try:
        options = load_options(state["options"], has_target)
    except CORRUPT as error:
        raise corrupt(error) from None
    options["missing"] = missing
    options["context"] = context
    options["parse_float"] = parse_float
    options["parse_int"] = parse_int
    options["schema"] = schema
    try:
        parser: Parser[Any] = Parser(target, **options)
    except ValueError:
        # Perhaps because its selection is one for another target.
        given = given_of(target, schema)
        made = Options(missing, options.get("strict"), context, options.get("by_alias"), options.get("by_name"))
        if given is not None and target_of(given, made).fingerprint() != state.get("target"):
            raise ValueError(OTHER_TARGET) from None
        raise
    if parser._fingerprint() != state.get("target"):
        raise ValueError(OTHER_TARGET)
    if parser._number_readers() != (state.get("numbers") or []):
        readers = " and ".join(state.get("numbers") or []) or "neither parse_float nor parse_int"
        raise ValueError(f"this checkpoint was made with {readers}; restore it with the same")
    try:
        parser._load(state, is_own)
    except CORRUPT as error:
        raise corrupt(error) from None
    return parser
