"""The 50 classes of ESC-50: index, name, category, emoji. The one place that lists them.

Source: K. J. Piczak, "ESC: Dataset for Environmental Sound Classification", ACM MM 2015;
order and spelling of ``meta/esc50.csv`` in the data set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """One class.

    Attributes:
        index: position in the network's output, 0-based.
        name: identifier as the data set spells it, e.g. ``"church_bells"``.
        category: one of the data set's five groups, or ``""`` for classes of one's own.
        emoji: one pictograph.
    """

    index: int
    name: str
    category: str = ""
    emoji: str = "🔊"

    @property
    def title(self) -> str:
        """The name for people: ``"church_bells"`` -> ``"Church bells"``."""
        return self.name.replace("_", " ").strip().capitalize()


ANIMALS = "animals"
NATURE = "natural soundscapes"
HUMAN = "human, non-speech"
DOMESTIC = "interior/domestic"
URBAN = "exterior/urban"

_ESC50 = (
    ("dog", ANIMALS, "🐕"),
    ("rooster", ANIMALS, "🐓"),
    ("pig", ANIMALS, "🐖"),
    ("cow", ANIMALS, "🐄"),
    ("frog", ANIMALS, "🐸"),
    ("cat", ANIMALS, "🐈"),
    ("hen", ANIMALS, "🐔"),
    ("insects", ANIMALS, "🪰"),
    ("sheep", ANIMALS, "🐑"),
    ("crow", ANIMALS, "🐦‍⬛"),
    ("rain", NATURE, "🌧️"),
    ("sea_waves", NATURE, "🌊"),
    ("crackling_fire", NATURE, "🔥"),
    ("crickets", NATURE, "🦗"),
    ("chirping_birds", NATURE, "🐦"),
    ("water_drops", NATURE, "💧"),
    ("wind", NATURE, "🌬️"),
    ("pouring_water", NATURE, "🫗"),
    ("toilet_flush", NATURE, "🚽"),
    ("thunderstorm", NATURE, "⛈️"),
    ("crying_baby", HUMAN, "👶"),
    ("sneezing", HUMAN, "🤧"),
    ("clapping", HUMAN, "👏"),
    ("breathing", HUMAN, "😮‍💨"),
    ("coughing", HUMAN, "😷"),
    ("footsteps", HUMAN, "👣"),
    ("laughing", HUMAN, "😂"),
    ("brushing_teeth", HUMAN, "🪥"),
    ("snoring", HUMAN, "😴"),
    ("drinking_sipping", HUMAN, "🥤"),
    ("door_wood_knock", DOMESTIC, "🚪"),
    ("mouse_click", DOMESTIC, "🖱️"),
    ("keyboard_typing", DOMESTIC, "⌨️"),
    ("door_wood_creaks", DOMESTIC, "🏚️"),
    ("can_opening", DOMESTIC, "🥫"),
    ("washing_machine", DOMESTIC, "🧺"),
    ("vacuum_cleaner", DOMESTIC, "🧹"),
    ("clock_alarm", DOMESTIC, "⏰"),
    ("clock_tick", DOMESTIC, "🕰️"),
    ("glass_breaking", DOMESTIC, "🥂"),
    ("helicopter", URBAN, "🚁"),
    ("chainsaw", URBAN, "🪵"),
    ("siren", URBAN, "🚨"),
    ("car_horn", URBAN, "📯"),
    ("engine", URBAN, "🏍️"),
    ("train", URBAN, "🚆"),
    ("church_bells", URBAN, "🔔"),
    ("airplane", URBAN, "✈️"),
    ("fireworks", URBAN, "🎆"),
    ("hand_saw", URBAN, "🪚"),
)

ESC50: tuple[Label, ...] = tuple(Label(i, *row) for i, row in enumerate(_ESC50))

_BY_NAME = {label.name: label for label in ESC50}


def labels_for(names: Iterable[str], emoji: Mapping[str, str] | None = None) -> tuple[Label, ...]:
    """Labels for class names in output order; ESC-50's own names keep category and emoji.

    ``emoji`` maps class names to pictographs that are put before these.
    """
    labels = []
    for index, name in enumerate(names):
        known = _BY_NAME.get(name) or Label(index, name)
        labels.append(Label(index, name, known.category, (emoji or {}).get(name, known.emoji)))
    return tuple(labels)
