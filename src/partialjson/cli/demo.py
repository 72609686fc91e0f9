"""``partialjson demo``: recorded responses, replayed at the speed of tokens.

A replay is like a real response, except for the network: its bytes go through ``MessageParser`` event by event, at the
recorded times, divided by the speed. Events are due at fixed times from the start, so the time that drawing takes does
not add up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final, TextIO

from partialjson import compiled
from partialjson.cli.board import Board
from partialjson.cli.exits import Exit
from partialjson.cli.readers import MessageReader
from partialjson.cli.recordings import RECORDINGS, Recording
from partialjson.cli.screens import Plain, Screen, open_screen, say

__all__ = ["play", "run", "show_list"]

Clock = Callable[[], float]

_TICK: Final = 0.05
_CORES: Final = {
    True: "The core ran compiled.",
    False: "The core ran interpreted. Install a C compiler and then this package again for a core ten times as fast.",
}
# How long an ending stays on screen before the next recording begins.
_HOLD: Final = 3.0


def run(
    names: Sequence[str],
    speed: float,
    plain: bool,
    stream: TextIO,
    clock: Clock = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Exit:
    """Replay the named recordings, or all of them."""
    chosen = [recording for recording in RECORDINGS if recording.name in names or not names]
    screen = open_screen(stream, clock, plain)
    schedule = _Schedule(speed, clock, sleep, screen)
    with screen:
        for recording in chosen:
            play(recording, screen, schedule.wait, clock)
            if recording is not chosen[-1] and not isinstance(screen, Plain):
                schedule.wait(_HOLD)
    if not names and not isinstance(screen, Plain):
        say(stream, "")
        say(stream, f"Again, slowly:    partialjson demo {chosen[0].name} --speed 0.5")
        say(stream, "Your own stream:  curl -N ... | partialjson watch --provider openai-chat")
    if not names:
        say(stream, "")
        say(stream, _CORES[compiled])
    return Exit.COMPLETE


def play(recording: Recording, screen: Screen, wait: Callable[[float], object], clock: Clock) -> Board:
    """Replay one recording to its end."""
    board = Board(recording.name, recording.provider, clock, recording.story)
    reader = MessageReader(board, recording.provider, recording.output, recording.tools)
    screen.show(board)
    for pause, event in recording.events():
        wait(pause)
        reader.feed(event)
        screen.update()
    board.finish(reader.end())
    screen.finish()
    return board


def show_list(stream: TextIO) -> Exit:
    """What there is to replay."""
    for recording in RECORDINGS:
        say(stream, f"{recording.name:<12} {recording.provider:<20} {recording.story}")
    return Exit.COMPLETE


class _Schedule:
    """When the next event is due. A speed of 0 is always now."""

    def __init__(self, speed: float, clock: Clock, sleep: Callable[[float], object], screen: Screen) -> None:
        self._speed = speed
        self._clock = clock
        self._sleep = sleep
        self._screen = screen
        self._due = clock()

    def wait(self, pause: float) -> None:
        if not self._speed:
            return
        self._due += pause / self._speed
        while (left := self._due - self._clock()) > 0:
            self._sleep(min(left, _TICK))
            self._screen.update()
