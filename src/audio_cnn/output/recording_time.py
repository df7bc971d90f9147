"""The name of a file to when its recording began, where recorders write that into names."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta

STARTED = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_.]?(\d\d)[-_.]?(\d\d)"  # 20240531, 2024-05-31
    r"[-_ T.]*(\d\d)(?:[-_.:h]?(\d\d)[-_.:m]?(\d\d)|[-_.:h](\d\d))(?!\d)"  # 213000, 21-30-00, 21h30; not 2130
)


def recording_time(file: str) -> datetime | None:
    """When a recording began, by the clock of the recorder, without a time zone; None: the name does not say.

    ``20240531_213000.WAV`` (AudioMoth), ``SMA0123_20240531_213000.wav`` (Song Meter), ``2024-05-31 21-30-00``
    and the like. Four digits alone behind a date may as well be a counter, and are taken for none.
    """
    for *date, hour, minute, second, minute_alone in STARTED.findall(os.path.basename(file)):  # noqa: PTH119
        year, month, day = map(int, date)
        try:
            return datetime(year, month, day, int(hour), int(minute or minute_alone), int(second or 0))
        except ValueError:  # a 13th month, a 25th hour: some other number
            continue
    return None


def recorded_at(began: datetime | None, seconds: float) -> str | None:
    """So many seconds into a recording as ISO 8601 to the millisecond, ``2024-05-31T21:30:02.500``."""
    if began is None:
        return None
    return (began + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
