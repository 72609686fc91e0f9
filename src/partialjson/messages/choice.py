"""One alternative of a response: applies operations to its blocks, and decides how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from partialjson._core.parser import Parser
from partialjson.messages.blocks import Block, Call, Document, Growing
from partialjson.messages.updates import (
    BlockEnded,
    BlockRestarted,
    BlockStarted,
    CallWithdrawn,
    DocumentEnd,
    DocumentProgress,
    EndReason,
    MessageEnd,
    MessageEnded,
    TextDelta,
    Update,
    document_end,
    output_counts,
)
from partialjson.options import DocumentOptions, without_target
from partialjson.outcomes import Truncated
from partialjson.wire.ops import Kind, Open, Stop
from partialjson.wire.sse import IncompleteBlock

# Under these endings the provider takes back what the model said, so no call of it may run.
WITHDRAWN: Final = ("refused", "filtered")
# Under these the provider let the model finish what it was saying.
FINISHED: Final = ("complete", "tool_calls", "paused")


class Targets:
    """What the documents of a message are parsed into."""

    def __init__(
        self,
        tools: Mapping[str, Any],
        output: Any,
        options: DocumentOptions,
    ) -> None:
        self.tools = tools
        self.output = output
        self._options = options
        self._untyped_options = without_target(options)
        # A target that no parser takes is the caller's mistake, told before anything streams.
        for target in (*tools.values(), output):
            self.parser(target)

    def parser(self, target: Any) -> Parser[Any]:
        if target is None or target is Any:
            return Parser(**self._untyped_options)
        return Parser(target, **self._options)

    def tool(self, name: str) -> Parser[Any]:
        return self.parser(self.tools.get(name))


class Choice:
    """One of the alternatives a response holds; most hold one. See ``MessageParser`` for what the attributes
    mean."""

    def __init__(self, index: int, targets: Targets, finish: Callable[[], object]) -> None:
        self.index = index
        self.blocks: list[Block] = []
        self._targets = targets
        self._finish = finish
        self._texts: dict[Kind, Growing] = {
            "text": Growing(),
            "reasoning": Growing(),
            "refusal": Growing(),
        }
        self._outputs: list[Document] = [Document()]
        self._output_block = -1
        self._first = 0
        self._stop: Stop | None = None
        self._end: MessageEnd | None = None
        if targets.output is not None:
            self._outputs[0]._begin(targets.parser(targets.output))

    @property
    def calls(self) -> list[Call]:
        """The tool calls, in the order in which they began."""
        return [block for block in self.blocks if isinstance(block, Call)]

    @property
    def output(self) -> Document:
        """The structured output: the text parsed into the ``output`` target; without a target it stays
        MISSING.

        Where several blocks of text hold a document each, it is the last one that is complete, or else the
        last one.
        """
        return next((document for document in reversed(self._outputs) if document.done), self._outputs[-1])

    @property
    def text(self) -> str:
        """The visible text so far."""
        return self._texts["text"].text

    @property
    def reasoning(self) -> str:
        """The reasoning so far, where the provider shows it."""
        return self._texts["reasoning"].text

    @property
    def refusal(self) -> str:
        """The refusal so far, where the provider sends it apart from the text."""
        return self._texts["refusal"].text

    def end(self) -> MessageEnd:
        """Ends the whole message and tells how this choice ended."""
        self._finish()
        assert self._end is not None
        return self._end

    def _begin(self) -> None:
        """Another message begins after this one, or instead of it; its ending will be the one that counts."""
        self._first = len(self.blocks)
        self._stop = None
        self._end = None

    def _say(self, stop: Stop) -> None:
        """Takes the last word, but a message that was cut is not finished by a later one."""
        if self._stop is None or self._stop.reason in FINISHED or stop.reason not in FINISHED:
            self._stop = stop

    def _open(self, op: Open) -> tuple[Block, list[Update]]:
        updates = self._complete_previous()
        position = len(self.blocks)
        if op.kind in ("call", "server_call"):
            block: Block = Call(op, position)
        else:
            block = Block(op, position)
        self.blocks.append(block)
        updates.append(BlockStarted(self.index, position, op.kind))
        if isinstance(block, Call):
            self._identify(block)
        return block, updates

    def _identify(self, call: Call) -> tuple[Any, ...]:
        """Arguments are not parsed before it is known for which tool, if it matters."""
        if call._parser is None and (call.name or not self._targets.tools):
            return call._begin(self._targets.tool(call.name))
        return ()

    def _complete_previous(self) -> list[Update]:
        """A new block after a closed one shows that the closed one was not cut; so a call without text has no
        arguments."""
        last = self.blocks[-1] if self.blocks else None
        if not isinstance(last, Call) or not last.ended or last.free:
            return []
        updates = self._progress(last.position, last, last._fill_empty)
        self._settle_document(last)
        return updates

    def _text(self, block: Block, text: str) -> list[Update]:
        """The block's text continues. Servers that count in UTF-16 cut characters in two; the halves meet here."""
        if block._half:
            text = (block._half + text).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
            block._half = ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, block._half = text[:-1], text[-1]
        return self._grow(block, text) if text else []

    def _last_half(self, block: Block) -> list[Update]:
        """Half a character is shown only where the provider says that no more comes."""
        half, block._half = block._half, ""
        return self._grow(block, half) if half else []

    def _grow(self, block: Block, text: str) -> list[Update]:
        if isinstance(block, Call):
            return self._progress(block.position, block, partial(block._feed, text), text)
        total = self._texts.get(block.kind)
        if total is not None:
            self._add_to_total(total, block, text, not block._pieces)
        block._add(text)
        updates: list[Update] = [TextDelta(self.index, block.position, block.kind, text)]
        if block.kind == "text" and self._targets.output is not None and not block._aside:
            output = self._output_for(block)
            updates += self._progress(block.position, output, partial(output._feed, text), text)
        return updates

    def _add_to_total(self, total: Growing, block: Block, text: str, first: bool) -> None:
        """The block's text, or its continuation, joins the text of all blocks of its kind."""
        if first and block._paragraph and total.text:
            total._add("\n\n")
        total._add(text)

    def _join_texts(self, kind: Kind) -> None:
        """The text of all blocks of a kind, joined again after one of them has changed."""
        total = self._texts[kind]
        total._restart()
        for other in self.blocks:
            if other.kind == kind and other.text:
                self._add_to_total(total, other, other.text, True)

    def _restate(self, block: Block, text: str) -> list[Update]:
        """The provider gives the block's whole text."""
        said = block.text + block._half
        if block.ended or not text or text == said:
            return []
        if isinstance(block, Call) and (block._parsed or (not block.free and block._equals(text))):
            return []
        if text.startswith(said):
            return self._text(block, text[len(said) :])
        block.contradicted = True
        block._half = ""
        block._restart()
        updates: list[Update] = [BlockRestarted(self.index, block.position)]
        if isinstance(block, Call):
            block._begin_anew(self._targets.tool(block.name))
        elif block.kind in self._texts:
            self._join_texts(block.kind)
            if block._output is not None:
                updates += self._begin_output_anew(block, block._output)
        return updates + self._text(block, text)

    def _begin_output_anew(self, block: Block, output: Document) -> list[Update]:
        """What other blocks said of the document is read again; the block's own text follows."""
        text = "".join(other.text for other in self.blocks if other._output is output)
        output._begin_anew(self._targets.parser(self._targets.output))
        output._restart()
        return self._progress(block.position, output, partial(output._feed, text), text) if text else []

    def _withdraw(self, block: Block) -> list[Update]:
        if not isinstance(block, Call) or block._withdrawn:
            return []
        block._withdrawn = True
        return [CallWithdrawn(self.index, block.position)]

    def _output_for(self, block: Block) -> Document:
        """The document this block's text belongs to: a block after a finished or failed one begins anew."""
        output = self._outputs[-1]
        if block.position != self._output_block:
            self._output_block = block.position
            if output.done or output.outcome is not None:
                output = Document()
                output._begin(self._targets.parser(self._targets.output))
                self._outputs.append(output)
        block._output = output
        return output

    def _progress(
        self, block: int, document: Document, step: Callable[[], tuple[Any, ...]], text: str = ""
    ) -> list[Update]:
        """Takes a step of the document, and tells of it if it brought anything."""
        running = document.outcome is None
        events = step()
        error = document.error if running else None
        if not (text or events or error):
            return []
        return [DocumentProgress(self.index, block, text, events, document, error)]

    def _close(self, block: Block, cut: bool = False) -> list[Update]:
        if block.ended:
            return []
        block.ended = True
        updates = [] if cut else self._last_half(block)
        if isinstance(block, Call):
            if not cut:
                updates += self._progress(block.position, block, block._close_text)
            elif block.free:
                block.end("truncated")
            self._settle_document(block)
        return [*updates, BlockEnded(self.index, block.position)]

    def _settle_document(self, document: Document) -> None:
        """Where the root has closed the outcome is known; anything else has to wait for the end of the
        message."""
        if document.done:
            document.end()

    def _settle(
        self, terminal: bool, error: Exception | None, fatal: bool, incomplete: IncompleteBlock | None
    ) -> list[Update]:
        """Ends the choice: its blocks, its documents, and the word for how it ended."""
        stop = self._stop
        whole = terminal or (stop is not None and stop.terminal and not (incomplete and incomplete.open))
        if not fatal and whole:
            error = None  # the stream went on after it
        cause = self._cause(whole, error)
        blocks = self.blocks[self._first :]
        calls = [block for block in blocks if isinstance(block, Call)]
        updates = [update for block in blocks if cause in FINISHED for update in self._last_half(block)]
        for call in calls:
            updates += self._settle_call(call, cause)
        if self._targets.output is not None:
            for output in self._outputs:
                updates += self._progress(self._output_block, output, partial(output._finish, cause))
        reason = self._reason(cause, calls)
        for call in calls:
            call._withdrawn = call._withdrawn or reason in WITHDRAWN
        for block in blocks:
            updates += self._close(block, cut=True)
        self._end = MessageEnd(
            reason,
            stop.raw if stop else None,
            error,
            stop.details if stop else None,
            incomplete,
            documents=self._documents(calls),
            said=stop.reason if stop else None,
        )
        updates.append(MessageEnded(self.index, self._end))
        return updates

    def _documents(self, calls: list[Call]) -> tuple[DocumentEnd, ...]:
        """How the calls and the output ended."""
        found = [document_end(call, call.name, call.position, call.id, call.ready) for call in calls]
        if self._targets.output is not None and output_counts(self.output, len(calls)):
            found.append(document_end(self.output, "output", None, "", False))
        return tuple(found)

    def _settle_resumed(self, word: str | None, updates: list[Update]) -> MessageEnd:
        """The ending after a document that was cut went on and ended again."""
        calls = [block for block in self.blocks[self._first :] if isinstance(block, Call)]
        end = MessageEnd(self._reason("complete", calls), word, documents=self._documents(calls))
        self._end = replace(end, updates=(*updates, MessageEnded(self.index, end)))
        return self._end

    def _settle_call(self, call: Call, cause: EndReason) -> list[Update]:
        steps: list[Callable[[], tuple[Any, ...]]] = []
        if call._parser is None:
            steps.append(partial(call._begin, self._targets.tool(call.name)))
        if cause in FINISHED:
            steps.append(call._fill_empty)
        steps.append(partial(call._finish, cause))
        return [update for step in steps for update in self._progress(call.position, call, step)]

    def _cause(self, terminal: bool, error: Exception | None) -> EndReason:
        """How the choice ended as far as the provider and the connection tell."""
        if error is not None:
            return "error"
        if not terminal:
            return "disconnected"
        return self._stop.reason if self._stop else "complete"

    def _reason(self, cause: EndReason, calls: list[Call]) -> EndReason:
        """The cause, checked against what really came."""
        if cause not in ("complete", "tool_calls"):
            return cause
        if self.refusal:
            return "refused"
        own_calls = [call for call in calls if not call.server and not call._withdrawn]
        expected: list[Document] = [call for call in calls if not call._withdrawn]
        if self._targets.output is not None and not own_calls:
            expected.append(self.output)
        if any(isinstance(document.outcome, Truncated) for document in expected):
            return "truncated"
        return "tool_calls" if own_calls else "complete"
