"""A tag in, what the changelog says of its version out; for .github/workflows/release.yml.

    python3 deploy/release_notes.py v0.1.0

Ends with 1 where the tag, the package's version and the changelog do not agree.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def release_notes(tag: str, repository: Path = REPOSITORY) -> str:
    """The changelog's section of the tagged version, without its heading.

    Raises:
        ValueError: the tag is not that of the package's version, or there is no section of it.
    """
    package = (repository / "src" / "audio_cnn" / "__init__.py").read_text(encoding="utf-8")
    version = package.partition('__version__ = "')[2].partition('"')[0]
    if tag != f"v{version}":
        raise ValueError(f"the tag is {tag}, but the package's version {version}")
    changelog = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    # From "## [0.1.0] - 2026-01-31" to the next heading of that level.
    section = re.search(rf"^## \[?{re.escape(version)}(?:[] ].*?)?$(.*?)(?=^## |\Z)", changelog, re.M | re.S)
    if section is None or not section[1].strip():
        raise ValueError(f"CHANGELOG.md says nothing of {version}; is its section still called Unreleased?")
    return section[1].strip()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        print(release_notes(sys.argv[1]))
    except ValueError as error:
        sys.exit(str(error))
