"""The real server with the real model and the page that was built into it, on a free port.

Prints its address and serves until it is ended.
"""

from __future__ import annotations

import socket
import sys

import uvicorn

from audio_cnn.server import ServerSettings, create_app
from audio_cnn.server.running import speaking


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    settings = ServerSettings(log_format="text", log_level="warning")
    config = speaking(create_app(settings), settings)
    listener = socket.create_server(("127.0.0.1", port))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
