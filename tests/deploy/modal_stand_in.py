"""A stand-in for Modal's control plane on the loopback interface.

The real client, given its address and a made-up token, sends it what it would send to Modal: images as
Dockerfile commands, functions with all their settings, files to bring along, calls with their arguments.
Every request is kept to be looked at. Calls are carried out here, in this process.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import pickle
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from grpclib.const import Handler
from grpclib.server import Server, Stream
from modal_proto import api_pb2
from modal_proto.api_grpc import ModalClientBase

BUILDER_VERSION = "2025.06"
PREFIXES = {
    "app_id": "ap",
    "environment_id": "en",
    "function_call_id": "fc",
    "function_id": "fu",
    "image_id": "im",
    "mount_id": "mo",
    "secret_id": "st",
    "volume_id": "vo",
}
"""Fields of replies that name an object, and how such a name must begin."""

Local = Callable[..., Any]


class Names:
    """Gives each attribute its own name: what the generated table of methods is read with."""

    def __getattr__(self, name: str) -> str:
        return name


class ControlPlane:
    """Keeps every request, by the name of its method, and answers that all is well.

    Attributes:
        functions: by name, what to call here when the client calls it on Modal.
    """

    def __init__(self, functions: dict[str, Local]) -> None:
        self.functions = functions
        self.requests: dict[str, list[Any]] = defaultdict(list)
        self._ids: dict[str, Any] = {}
        self._results: dict[str, bytes] = {}

    def __mapping__(self) -> dict[str, Handler]:
        """What grpclib asks a service for: path -> handler."""
        table: dict[str, Handler] = ModalClientBase.__mapping__(Names())
        return {
            path: handler._replace(func=partial(self._answer, handler.func, handler.reply_type))
            for path, handler in table.items()
        }

    def named(self, id_: str) -> Any:
        """The request that the object of this id was made by."""
        return self._ids[id_]

    async def _answer(self, method: str, reply_type: type[Any], stream: Stream[Any, Any]) -> None:
        request = await stream.recv_message()
        self.requests[method].append(request)
        reply = reply_type()
        self._name_objects(method, request, reply)
        special = getattr(self, f"_on_{method}", None)
        if special is not None:
            await asyncio.to_thread(special, request, reply)
        await stream.send_message(reply)

    def _name_objects(self, method: str, request: Any, reply: Any) -> None:
        """Ids that follow from the request, so that the same image twice is one image."""
        digest = hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest()[:12]
        for field, prefix in PREFIXES.items():
            if field in reply.DESCRIPTOR.fields_by_name:
                id_ = f"{prefix}-{method}{digest}"
                setattr(reply, field, id_)
                self._ids[id_] = request

    def _on_AppGetByDeploymentName(self, _request: Any, reply: Any) -> None:  # noqa: N802
        reply.app_id = ""  # not deployed yet

    def _on_EnvironmentGetOrCreate(self, _request: Any, reply: Any) -> None:  # noqa: N802
        reply.metadata.settings.image_builder_version = BUILDER_VERSION

    def _on_ImageGetOrCreate(self, _request: Any, reply: Any) -> None:  # noqa: N802
        reply.result.status = api_pb2.GenericResult.GENERIC_STATUS_SUCCESS
        reply.metadata.image_builder_version = BUILDER_VERSION

    def _on_FunctionPrecreate(self, request: Any, reply: Any) -> None:  # noqa: N802
        reply.handle_metadata.function_name = request.function_name

    def _on_FunctionCreate(self, request: Any, reply: Any) -> None:  # noqa: N802
        reply.function_id = request.existing_function_id
        reply.function.CopyFrom(request.function)
        reply.function_data.ranked_functions.add().function.CopyFrom(request.function)
        reply.handle_metadata.function_name = request.function.function_name

    def _on_FunctionMap(self, request: Any, reply: Any) -> None:  # noqa: N802
        function = self.functions[self.named(request.function_id).function_name]
        (put,) = request.pipelined_inputs
        arguments, options = pickle.loads(put.input.args)
        self._results[reply.function_call_id] = pickle.dumps(function(*arguments, **options))
        reply.pipelined_inputs.add(idx=put.idx, input_id="in-1")

    def _on_FunctionGetOutputs(self, request: Any, reply: Any) -> None:  # noqa: N802
        output = reply.outputs.add(input_id="in-1", data_format=api_pb2.DATA_FORMAT_PICKLE)
        output.result.status = api_pb2.GenericResult.GENERIC_STATUS_SUCCESS
        output.result.data = self._results[request.function_call_id]


@contextmanager
def listening(plane: ControlPlane) -> Iterator[str]:
    """The address at which it answers, until the context ends."""
    loop = asyncio.new_event_loop()
    server = Server([plane], loop=loop)
    loop.run_until_complete(server.start("127.0.0.1", 0))
    port = server._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(server.wait_closed(), loop).result(timeout=10)
        asyncio.run_coroutine_threadsafe(loop.shutdown_default_executor(), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()


def modal_command(
    plane: ControlPlane, home: Path, *arguments: str | Path, **settings: str
) -> subprocess.CompletedProcess[str]:
    """``modal ARGUMENTS``, in a process of its own that knows no other Modal than the stand-in."""
    given = {key: value for key, value in os.environ.items() if not key.startswith(("MODAL_", "AUDIO_CNN_"))}
    with listening(plane) as address:
        own = {
            "HOME": str(home),
            "MODAL_CONFIG_PATH": str(home / "none.toml"),
            "MODAL_SERVER_URL": address,
            "MODAL_TOKEN_ID": "ak-made-up",
            "MODAL_TOKEN_SECRET": "as-made-up",
        }
        return subprocess.run(
            [sys.executable, "-m", "modal", *map(str, arguments)],
            env={**given, **own, **settings},
            capture_output=True,
            text=True,
            timeout=120,
        )
