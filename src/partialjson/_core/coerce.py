"""Coercion: a value that its plan has refused is tried once more, in another form.

It runs at the close of a value, after its plan has refused it, and never for a valid one (law 12). ``fitting`` says in
which other ways the value can be read, and the plan is asked about these, those with the fewest changes first. The
first that is valid is taken, unless another one with as many changes is valid too: then nobody knows what was meant,
and the refusal stands. So a validator may see such a value more than once (law 6 names the exception).

Values close from the inside out, and so they are coerced. A container that is followed inside keeps its settled
children, of which none is validated again; only what it lacks itself is added (``Coercer.close_again``). A container in
which a child was refused for good stays refused, since that was reported.

*Nothing is taken back* (law 2). What is coerced was not shown before, or only as the beginning of the same thing:

- a key that is a spelling of an absent field counts as that field from where it closes (``Coercer.meant``). If the
  field's own key comes after all, it counts, as it would if the key came twice;
- an object where only a list can be is the list's element from the first key that the element knows (``View.open``);
- everything else waits for the close of the value.

What may still be coerced is not foreseen (``loose_rules``).

The document itself stays as it was written: ``json``, deltas and paths know nothing of coercions. Only the typed view,
the completed values and the result do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

from partialjson._core.canonical import canonical_text
from partialjson._core.fitting import (
    Change,
    Fit,
    Fitting,
    Keys,
    KeysOfLeaves,
    has_one_key,
    key_of,
    key_spelling,
    may_have_one,
)
from partialjson._core.frames import Frame
from partialjson._core.plan import RAW, Failure, Plan, RawText
from partialjson._core.spec import ANYTHING, ARRAY, OBJECT, STRING, Spec, kind_of
from partialjson._missing import MISSING
from partialjson.coercions import KINDS_OF_LEVEL, Coerce, CoercionKind

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["Coercer", "coercer_of", "kinds_of_shown"]


@final
class Coercer:
    """Coerces the values of one document, in some ways.

    ``changes`` has what was done for the value that closes now, for whoever reports it; ``given_back`` the keys in it
    that counted as others for a while, so that what was changed under them is changed no more.
    """

    def __init__(self, kinds: frozenset[CoercionKind]) -> None:
        self.kinds: Final = kinds
        # May the structure of a value change?
        self.moves: Final = CoercionKind.WRAPPER in kinds
        self.keys: Final = KeysOfLeaves()
        # Is the root text without quotes? Something may be read in it, but an apology is no answer in a list.
        self.reads_prose = False
        self.changes: list[Change] = []
        self.given_back: list[str] = []

    def take_changes(self) -> list[Change]:
        changes = self.changes
        self.changes = []
        return changes

    def renames_of(self, frame: Frame) -> list[Change]:
        """The keys of an object that counted as others, and what was changed in members that waited."""
        changes = [] if frame.late is None else frame.late.copy()
        if frame.renames is not None:
            for key, own in frame.renames.items():
                changes.append(Change(CoercionKind.KEY, (key,), key, own))
        return changes

    # A value that settles as a whole.

    def settle_again(
        self, plan: Plan, value: object, raw: str, run: object, refused: object, kinds: i64 = ANYTHING
    ) -> object:
        """What a refused value settles to in the one form that fits it best; ``refused`` if there is none.

        ``raw`` is the text of a number or a container; ``kinds`` are those that the form may have, where something was
        shown.
        """
        if plan.spec is None:
            return refused
        fits = Fitting(self.kinds, self.keys).ways(plan.spec, value, raw)
        result = refused
        taken: Fit | None = None
        tried: set[str] = set()
        for fit in fits:
            if taken is not None and len(fit.changes) > len(taken.changes):
                break
            if self.reads_prose and isinstance(value, str) and fit.changes and fit.changes[0].kind in _AROUND:
                continue
            text = canonical_text(fit.value)
            if not fit.changes or not kind_of(fit.value) & kinds or text in tried or not _is_unicode(text):
                continue
            tried.add(text)
            settled = plan.settle(text, run)
            if isinstance(settled, Failure):
                continue
            if taken is not None:
                # Two ways that are as good: it is not known what was meant.
                return refused
            taken = fit
            result = settled
        if taken is not None:
            self.changes += taken.changes
        return result

    # A tag.

    def tag_again(self, frame: Frame, key: str, told: object) -> str:
        """The text of the tag under ``key`` that a member which decides nothing is meant for; empty if there is
        none."""
        spec = _tagged(frame.plan.spec, key)
        if spec is None:
            return ""
        tag = Fitting(self.kinds, self.keys).tag_of(spec, told)
        return "" if tag is None else canonical_text(tag)

    # An object that is followed inside.

    def meant(self, frame: Frame, key: str) -> str:
        """The key that counts for this one, which a followed object gets: another one if it is a spelling of it."""
        if frame.switch is not None:
            return self._meant_for_tag(frame, frame.switch.key, key)
        shape = frame.shape
        if shape.rest is not None and not shape.keeps_unnamed:
            return key
        keys = frame.own_keys
        if keys is None:
            keys = self._keys_of(frame)
            if keys is None:
                return key
        if frame.is_usual(keys, key):
            return key
        field = keys.own.get(key)
        if field is not None:
            # It counts, and not what was taken for it.
            frame.forget_spellings(key)
        elif CoercionKind.KEY in self.kinds:
            known = frame.key_of(key)
            if known != key:
                return known
            field = keys.meant(key, frame.names)
            if field is not None and key_of(field) in shape.children:
                frame.rename(key, key_of(field))
        if field is not None:
            frame.has_come(field.name)
        return frame.key_of(key)

    def waited(self, frame: Frame, key: str) -> str:
        """``meant`` for a member that waited for the shape of its object under ``key``, perhaps spelled otherwise."""
        if frame.renames is None or key not in frame.renames.values():
            return self.meant(frame, key)
        keys = self._keys_of(frame)
        if keys is not None and key in keys.own:
            frame.has_come(keys.own[key].name)
        return key

    def _meant_for_tag(self, frame: Frame, tag: str, key: str) -> str:
        """``meant`` in an object whose shape is decided by its tag."""
        if key == tag:
            frame.forget_spellings(key)
        elif CoercionKind.KEY in self.kinds and tag not in frame.waiting and key_spelling(key) == key_spelling(tag):
            spec = _tagged(frame.plan.spec, tag)
            if spec is not None and not any(key in self.keys.of(leaf).own for leaf in spec.leaves()):
                frame.rename(key, tag)
        return frame.key_of(key)

    def _keys_of(self, frame: Frame) -> Keys | None:
        """The keys of a followed object; None if its spec is not known."""
        if frame.own_keys is None:
            spec = frame.plan.spec
            leaf = None if spec is None else spec.chosen(frame.told)
            if leaf is not None and leaf.fields is not None:
                frame.own_keys = self.keys.of(leaf)
        return frame.own_keys

    def close_again(self, frame: Frame, value: dict[str, Any], run: object, refused: object) -> object:
        """What a refused object with valid children settles to once it has what it lacks, or when something else is
        seen in it; ``refused`` if it stays so.

        Nothing else is seen in an object that has a key of its own.
        """
        shape = frame.shape
        keys = None if shape.rest is not None and not shape.keeps_unnamed else self._keys_of(frame)
        if keys is None:
            return refused
        found = self._complete(frame, keys, value, run, refused)
        if found is refused and not frame.names_came():
            # What was shown is an object.
            found = self.settle_again(frame.plan, value, "", run, refused, OBJECT if frame.visible else ANYTHING)
        return found

    def _complete(self, frame: Frame, keys: Keys, value: dict[str, Any], run: object, refused: object) -> object:
        """The object with null for what is absent, must be there and may be null; and with another reading of those
        children that settle with their object, where they do not fit as they are."""
        changes: list[Change] = []
        names = frame.keys.copy()
        settled: list[Any] = frame.settled.copy()
        for index, each in enumerate(settled):
            if isinstance(each, RawText):
                key = str(names[index])
                field = keys.own.get(key)
                fit = None if field is None else self._probable(field.spec, value.get(key))
                if fit is not None:
                    settled[index] = RawText(canonical_text(fit.value))
                    changes += fit.under(frame.written_as(key)).changes
        completed = value.copy()
        came = frame.names_came()
        for field in (keys.leaf.fields or {}).values():
            if not field.required or field.name in came:
                continue
            key = key_of(field) if has_one_key(field) else ""
            child = frame.shape.children.get(key)
            if child is None or not field.spec.may_be_null() or CoercionKind.ABSENT_NULL not in self.kinds:
                return refused
            null: object = None
            if child.traits & RAW:
                null = RawText("null")
            elif child.plan is not None:
                null = child.plan.settle("null", run)
            names.append(key)
            settled.append(null)
            completed[key] = None
            changes.append(Change(CoercionKind.ABSENT_NULL, (key,), MISSING, None))
        if not changes:
            return refused
        result = frame.shape.close(names, settled, completed, run)
        if isinstance(result, Failure):
            return refused
        self.changes += changes
        return result

    def _probable(self, spec: Spec, value: object) -> Fit | None:
        """The reading of a value of which nobody says whether it is valid; None if it probably is so as it stands."""
        fits = Fitting(self.kinds, self.keys).ways(spec, value)
        changed = [fit for fit in fits if fit.changes]
        if not changed or (len(changed) > 1 and len(changed[0].changes) == len(changed[1].changes)):
            return None
        # A type that reads strings at all reads these.
        is_plain = changed[0].changes[-1].kind in (CoercionKind.QUOTED_NUMBER, CoercionKind.BOOL_WORD)
        return None if is_plain and len(fits) > len(changed) else changed[0]

    # An object where a list belongs.

    def can_only_be_element(self, plan: Plan) -> bool:
        """Can an object not stand here, but be the only element of the list that can?"""
        spec = plan.spec
        shape = plan.array
        if spec is None or shape is None or shape.items or shape.rest is None or shape.rest.object is None:
            return False
        if CoercionKind.LIST_OF_ONE not in self.kinds:
            return False
        leaves = spec.leaves()
        return len(leaves) == 1 and not leaves[0].kinds & OBJECT and may_have_one(leaves[0])


_AROUND: Final = (CoercionKind.LIST_OF_ONE, CoercionKind.SINGLE_FIELD)


def coercer_of(level: Coerce) -> Coercer | None:
    """What coerces at this level; None where nothing is to be coerced."""
    kinds = KINDS_OF_LEVEL[level]
    return Coercer(kinds) if kinds else None


def kinds_of_shown(plan: Plan) -> i64:
    """The kinds of which a string may be read that is shown while it grows: it stays a text where one is meant."""
    spec = plan.spec
    if spec is not None and any(leaf.usual & STRING for leaf in spec.leaves()):
        return STRING
    return ANYTHING & ~OBJECT & ~ARRAY


def _tagged(spec: Spec | None, tag: str) -> Spec | None:
    """The union at a place that is decided by this tag."""
    seen: set[int] = set()
    todo = [] if spec is None else [spec.filled()]
    while todo:
        each = todo.pop()
        if each.tag == tag:
            return each
        if id(each) not in seen:
            seen.add(id(each))
            todo.extend([each.root.spec] if each.root is not None else each.branches)
    return None


def _is_unicode(text: str) -> bool:
    """A string inside a string can have half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
