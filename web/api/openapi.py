"""Prints the server's OpenAPI document, for the generated client: `npm run generate`."""

from __future__ import annotations

import json
import sys

from audio_cnn.server import create_app


def main() -> None:
    json.dump(create_app().openapi(), sys.stdout, indent=2, ensure_ascii=False, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
