"""How a command ends before it is done: by Ctrl-C, or by another signal that asks it to."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from typing import NoReturn

from audio_cnn.cli.terminal import shown

SIGNALS = "SIGTERM", "SIGHUP"
"""From ``kill``, a service manager or a batch queue, and from a terminal that is closed."""

OF_A_SIGNAL = 128
"""Above it, an exit code is this plus the number of the signal that ended a process."""

_asked_by = [signal.SIGINT]


def take_signals_for_ctrl_c() -> None:
    """Whoever ends the command by a signal loses no more than by Ctrl-C; one that is ignored stays so."""
    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _as_ctrl_c)


def _as_ctrl_c(number: int, _frame: object) -> None:
    _asked_by[:] = [signal.Signals(number)]
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.raise_signal(signal.SIGINT)


def interrupted(stop: KeyboardInterrupt) -> NoReturn:
    """Say so, with what the command has noted, and end without waiting for threads that still listen."""
    notes = getattr(stop, "__notes__", [])
    with contextlib.suppress(OSError):  # the terminal has gone
        print("audio-cnn:", shown("; ".join(["interrupted", *notes])), file=sys.stderr, flush=True)
    code = OF_A_SIGNAL + _asked_by[0]
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        os._exit(code)
    sys.exit(code)
