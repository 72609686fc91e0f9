"""The state of a message, as a fold over its updates.

``MessageState.apply`` is the only place that changes what a reader sees: blocks, texts, calls, documents with their
parsers, counts, endings. A ``MessageParser`` turns its input into updates and applies each of them here. Another
``MessageState`` that applies the same updates, elsewhere or later, shows the same. So a view in another thread, a test
and a replay need no second description of what an update means.

    view = MessageState(tools=tools, output=Order)       # targets and options as those of the parser
    view.apply(queue.get())
    view.text, view.calls, view.output

An update is reported after it has been applied: ``apply`` returns it with the results of the documents' parsers.
Applied again to another state, a reported update comes back equal.

**Several messages in one body** add up. ``NextMessage`` says where one begins; ``latest`` are the blocks from there on.

**The structured output** is the text of the blocks of kind "text" that are not asides. A block that begins after a
document is complete or has failed begins another document; the text of a block belongs to one document.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Unpack

from partialjson.messages.blocks import (
    Block,
    Call,
    Document,
    attach,
    doubt,
    end_block,
    finish,
    grow,
    identify,
    progress,
    restart,
    restart_output,
    resume,
    shorten,
)
from partialjson.messages.targets import ReadyIf, Targets, Tools
from partialjson.messages.updates import (
    WITHDRAWN,
    BlockEnded,
    BlockGuessed,
    BlockRestarted,
    BlockStarted,
    CallHeld,
    CallIdentified,
    CallWithdrawn,
    DocumentProgress,
    DocumentResumed,
    ExtraAttached,
    FragmentMisplaced,
    MessageEnd,
    MessageEnded,
    MessageFailed,
    MessageIdentified,
    MessageRestarted,
    NextMessage,
    Stalled,
    TextDelta,
    Unread,
    Update,
    UsageReported,
    WhitespaceFlood,
)
from partialjson.options import DocumentOptions, refuse_unknown
from partialjson.wire.ops import Kind, UnreadKind

__all__ = ["CALLS", "Choice", "MessageState"]

CALLS: Final = ("call", "server_call")
"""The kinds of blocks that are calls."""

FAULTS: Final = 100
"""How many faults of a choice are kept."""


class Choice:
    """One of the alternatives a response holds; most hold one. See ``MessageParser`` for what the attributes
    mean.

    Attributes:
        index: the provider's number for it.
        blocks: all its blocks, in order.
        ending: how it ended, None while it goes on.
        faults: what was wrong with what came for it, in sentences. At most a hundred are kept.
    """

    def __init__(self, index: int, targets: Targets, end: Callable[[], object]) -> None:
        self.index = index
        self.blocks: list[Block] = []
        self.ending: MessageEnd | None = None
        self.faults: list[str] = []
        self._misplaced = False  # a fragment came that any call of the last message may lack
        self._end = end
        self._targets = targets
        self._first = 0
        self._first_output = 0
        self._outputs = [Document(targets.for_output)]
        self._output_of: dict[int, Document] = {}  # by the positions of blocks
        self._last_block_of: dict[int, int] = {}  # by the identities of outputs

    @property
    def calls(self) -> list[Call]:
        """The tool calls, in the order in which they began."""
        return [block for block in self.blocks if isinstance(block, Call)]

    @property
    def latest(self) -> list[Block]:
        """The blocks of the last message in the body: all blocks, if there is only one message."""
        return self.blocks[self._first :]

    @property
    def expects_output(self) -> bool:
        """Whether texts are parsed as structured output."""
        return self._targets.output is not None

    @property
    def output(self) -> Document:
        """The structured output: the text parsed into the ``output`` target; without a target it stays
        MISSING.

        If several blocks of text hold a document each, this is the last complete one, or else the last one. Prose that
        lenient parsing has read as a string counts only if there is nothing else.
        """
        found = self._outputs[-1]
        for document in reversed(self._outputs):
            if document.done:
                if not document.is_prose:
                    return document
                if not found.done:
                    found = document
        return found

    @property
    def outputs(self) -> list[tuple[int, Document]]:
        """All documents of the structured output, each with the last block whose text belongs to it, or -1."""
        return self._ended_by(self._outputs)

    @property
    def latest_outputs(self) -> list[tuple[int, Document]]:
        """Those of ``outputs`` that belong to the last message in the body."""
        return self._ended_by(self._outputs[self._first_output :])

    def _ended_by(self, outputs: list[Document]) -> list[tuple[int, Document]]:
        blocks = self._last_block_of
        return [(blocks.get(id(document), -1), document) for document in outputs]

    @property
    def text(self) -> str:
        """The visible text so far."""
        return self._text("text")

    @property
    def reasoning(self) -> str:
        """The reasoning so far, if the provider shows it."""
        return self._text("reasoning")

    @property
    def refusal(self) -> str:
        """The refusal so far, if the provider sends it separately from the text."""
        return self._text("refusal")

    def end(self) -> MessageEnd:
        """Ends the whole message and tells how this choice ended.

        Raises:
            RuntimeError: there is nothing that could end it: this was folded from updates, which have not told its end,
                or the parser is gone.
        """
        self._end()
        if self.ending is None:
            raise RuntimeError("no update has reported how this choice ended")
        return self.ending

    def output_of(self, block: int) -> Document | None:
        """The document of the structured output that the text of the block belongs to, None where it belongs to none.
        -1 stands for the one that has no text."""
        return self._outputs[0] if block < 0 else self._output_of.get(block)

    def text_beside(self, block: int) -> str:
        """The text of other blocks in the output to which the block's text belongs."""
        document = self._output_of.get(block)
        shared = sorted(other for other, each in self._output_of.items() if each is document and other != block)
        return "".join([self.blocks[other].text for other in shared])

    def blame(self, fault: str) -> None:
        """The fold's own: records a fault, once."""
        if len(self.faults) < FAULTS and fault not in self.faults:
            self.faults.append(fault)

    def _text(self, kind: Kind) -> str:
        parts: list[str] = []
        for block in self.blocks:
            if block.kind == kind and block.text:
                if parts and block.paragraph:
                    parts.append("\n\n")
                parts.append(block.text)
        return parts[0] if len(parts) == 1 else "".join(parts)


class MessageState:
    """A message so far, folded from its updates; see the module.

    Takes ``tools``, ``output`` and the options of documents like ``MessageParser``, and has its attributes.

    Args:
        on_end: called first by ``Choice.end()``, if something can still end the message.
        ready_if: as for ``MessageParser``.

    Attributes:
        id, model: as the provider gave them, "" until they come.
        usage: token counts in the provider's names; the last of each counts.
        unread: how often something came that was not understood, by its kind and the provider's name for it. Several
            messages in one body add up.
        error: the error that was reported last, or None.

    Raises:
        TypeError, pydantic.errors.PydanticUserError: what ``Parser`` raises for a target it does not take.
        ValueError: ``ready_if`` is unknown.
    """

    def __init__(
        self,
        *,
        tools: Tools = None,
        output: Any = None,
        on_end: Callable[[], object] = lambda: None,
        ready_if: ReadyIf = "verbatim",
        **options: Unpack[DocumentOptions],
    ) -> None:
        refuse_unknown("MessageState", options, DocumentOptions)
        self._targets = Targets(tools, output, options, ready_if)
        self._on_end = on_end
        self._clear()

    def _clear(self) -> None:
        self.id = ""
        self.model = ""
        self.usage: dict[str, object] = {}
        self.unread: dict[tuple[UnreadKind, str], int] = {}
        self.error: Exception | None = None
        self._choices: dict[int, Choice] = {}
        self.choice(0)

    @property
    def is_lenient(self) -> bool:
        """Whether its documents are read leniently."""
        return self._targets.lenient

    @property
    def output_arguments(self) -> dict[str, Any] | None:
        """What ``Parser`` is called with for the structured output; None if no output is expected."""
        return None if self._targets.output is None else self._targets.output_arguments

    @property
    def choices(self) -> list[Choice]:
        """The alternatives, by index; there is always one."""
        return [self._choices[index] for index in sorted(self._choices)]

    @property
    def blocks(self) -> list[Block]:
        return self.first.blocks

    @property
    def calls(self) -> list[Call]:
        return self.first.calls

    @property
    def output(self) -> Document:
        return self.first.output

    @property
    def text(self) -> str:
        return self.first.text

    @property
    def reasoning(self) -> str:
        return self.first.reasoning

    @property
    def refusal(self) -> str:
        return self.first.refusal

    @property
    def first(self) -> Choice:
        """The alternative whose face the message has."""
        return self._choices[min(self._choices)]

    def choice(self, index: int) -> Choice:
        """The alternative with this index, made when it first comes up."""
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = Choice(index, self._targets, self._on_end)
        return choice

    def has_choice(self, index: int) -> bool:
        """Whether the alternative with this index has come up."""
        return index in self._choices

    def has_room(self, index: int, most: int) -> bool:
        """Whether the alternative with this index has come up, or may come up if there are to be ``most`` of them."""
        return index in self._choices or len(self._choices) < most

    def document_of(self, update: DocumentProgress | DocumentResumed) -> Document:
        """The document that the update is about, as it is now."""
        choice = self._choices[update.choice]
        if update.kind in CALLS:
            return self._call(update)
        return choice.output_of(update.block) or choice.output

    def apply(self, update: Update) -> Update:
        """Changes the state as the update says, and returns the update with the results of the document's parser.

        Raises:
            Exception: from a validator, unless the update has it already. Its document has failed, and everything else
                is as the update says.
        """
        return _APPLY[type(update)](self, update)

    def _start_block(self, update: BlockStarted) -> Update:
        block = Call(update, self._targets) if update.kind in CALLS else Block(update)
        choice = self.choice(update.choice)
        choice.blocks.append(block)
        if choice._misplaced and isinstance(block, Call):
            doubt(block)
        return update

    def _identify_call(self, update: CallIdentified) -> Update:
        identify(self._call(update), update)
        return update

    def _grow(self, update: TextDelta) -> Update:
        grow(self._choices[update.choice].blocks[update.block], update.text)
        return update

    def _progress(self, update: DocumentProgress) -> Update:
        choice: Any = self._choices.get(update.choice)
        if update.kind != "text":
            return progress(choice.blocks[update.block], update)
        document = None if choice is None else choice._output_of.get(update.block)
        return progress(self._document(update) if document is None else document, update)

    def _attach(self, update: ExtraAttached) -> Update:
        attach(self._choices[update.choice].blocks[update.block], update)
        return update

    def _restart_block(self, update: BlockRestarted) -> Update:
        choice = self._choices[update.choice]
        restart(choice.blocks[update.block])
        output = choice._output_of.get(update.block)
        if output is not None:
            restart_output(output)
        return update

    def _guess(self, update: BlockGuessed) -> Update:
        choice = self._choices[update.choice]
        block = choice.blocks[update.block]
        block.guessed = True
        what = f"the arguments of {block.name or 'an unnamed tool'}" if isinstance(block, Call) else "the output"
        choice.blame(f"{what} could be read only by a guess: {update.why}")
        return update

    def _resume(self, update: DocumentResumed) -> Update:
        document = self._document(update)
        if update.block >= 0 and update.kind not in CALLS:
            shorten(self._choices[update.choice].blocks[update.block], update.text)
        resume(document, update)
        return update

    def _end_block(self, update: BlockEnded) -> Update:
        end_block(self._choices[update.choice].blocks[update.block], update)
        return update

    def _withdraw(self, update: CallWithdrawn) -> Update:
        self._call(update).withdrawn = True
        return update

    def _hold(self, update: CallHeld) -> Update:
        self._call(update).held = update.why
        return update

    def _misplace(self, update: FragmentMisplaced) -> Update:
        choice = self.choice(update.choice)
        choice.blame(f"a fragment of a call could not be placed: {update.why}")
        if not choice._misplaced:
            choice._misplaced = True
            for block in choice.latest:
                if isinstance(block, Call):
                    doubt(block)
        return update

    def _count_unread(self, update: Unread) -> Update:
        self.unread[update.kind, update.name] = update.count
        return update

    def _identify(self, update: MessageIdentified) -> Update:
        self.id, self.model = update.id, update.model
        return update

    def _count(self, update: UsageReported) -> Update:
        self.usage = dict(update.usage)
        return update

    def _fail(self, update: MessageFailed) -> Update:
        self.error = update.error
        return update

    def _begin_next(self, update: NextMessage) -> Update:
        self.error = None
        self.usage = {}
        for choice in self._choices.values():
            choice.ending = None
            choice.faults = []
            choice._misplaced = False
            choice._first = len(choice.blocks)
            choice._first_output = len(choice._outputs) - (choice._outputs[-1].outcome is None)
        return update

    def _begin_again(self, update: MessageRestarted) -> Update:
        self._clear()
        return update

    def _end(self, update: MessageEnded) -> Update:
        choice, end = self.choice(update.choice), update.end
        choice.ending = end
        latest = [block for block in choice.latest if isinstance(block, Call)]
        for document in (*latest, *(choice._outputs[choice._first_output :] if choice.expects_output else ())):
            finish(document, end.cause)
        for call in latest:
            call.withdrawn = call.withdrawn or end.reason in WITHDRAWN
        first = self._choices.get(0)
        if choice is not first and first is not None and not first.blocks and first.ending is None:
            del self._choices[0]  # it was made in advance, but this server counts from 1
        return update

    def _ignore(self, update: Stalled | WhitespaceFlood) -> Update:
        return update

    def _call(self, update: CallIdentified | CallWithdrawn | CallHeld | DocumentProgress | DocumentResumed) -> Call:
        call = self._choices[update.choice].blocks[update.block]
        assert isinstance(call, Call)
        return call

    def _document(self, update: DocumentProgress | DocumentResumed) -> Document:
        """The document that an update is about. The first text of a block gets a new one if the last has ended."""
        if update.kind != "text":
            return self._call(update)
        choice = self.choice(update.choice)
        document = choice.output_of(update.block)
        if document is None:
            document = choice._outputs[-1]
            if document.done or document.outcome is not None:
                document = Document(self._targets.for_output)
                choice._outputs.append(document)
            choice._output_of[update.block] = document
            choice._last_block_of[id(document)] = update.block
        return document


_APPLY: Final[dict[type, Callable[[MessageState, Any], Update]]] = {
    BlockStarted: MessageState._start_block,
    CallIdentified: MessageState._identify_call,
    TextDelta: MessageState._grow,
    DocumentProgress: MessageState._progress,
    ExtraAttached: MessageState._attach,
    BlockRestarted: MessageState._restart_block,
    BlockGuessed: MessageState._guess,
    DocumentResumed: MessageState._resume,
    BlockEnded: MessageState._end_block,
    CallWithdrawn: MessageState._withdraw,
    CallHeld: MessageState._hold,
    FragmentMisplaced: MessageState._misplace,
    Unread: MessageState._count_unread,
    MessageIdentified: MessageState._identify,
    UsageReported: MessageState._count,
    NextMessage: MessageState._begin_next,
    MessageRestarted: MessageState._begin_again,
    MessageFailed: MessageState._fail,
    MessageEnded: MessageState._end,
    Stalled: MessageState._ignore,
    WhitespaceFlood: MessageState._ignore,
}
