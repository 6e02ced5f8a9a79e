"""A participant without a browser: the two independent WebSocket clients of Python, behind one face."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from threading import Thread
from typing import Any

import aiohttp
import websockets

from hub import Hub, Person

SECONDS = 10


class _Websockets:
    """The package `websockets`; the token stands in the header, as programs send it."""

    async def open(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self.socket = await websockets.connect(url, subprotocols=["amphi.v1"], additional_headers=headers)
        assert self.socket.subprotocol == "amphi.v1"

    async def send(self, text: str) -> None:
        await self.socket.send(text)

    async def receive(self) -> str:
        return await self.socket.recv()

    async def close(self) -> None:
        await self.socket.close()


class _Aiohttp:
    """The package `aiohttp`, in the same way."""

    async def open(self, url: str, token: str) -> None:
        self.session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"})
        self.socket = await self.session.ws_connect(url, protocols=["amphi.v1"])
        assert self.socket.protocol == "amphi.v1"

    async def send(self, text: str) -> None:
        await self.socket.send_str(text)

    async def receive(self) -> str:
        return await self.socket.receive_str()

    async def close(self) -> None:
        await self.socket.close()
        await self.session.close()


LIBRARIES: dict[str, Callable[[], Any]] = {"websockets": _Websockets, "aiohttp": _Aiohttp}


class Peer:
    """Speaks `amphi.v1` by hand; runs on a loop of its own, since Playwright's calls block this one."""

    def __init__(self, library: str, hub: Hub, person: Person, session: int) -> None:
        self.socket = LIBRARIES[library]()
        self.frames: list[dict[str, Any]] = []
        self.ref = 0
        self.loop = asyncio.new_event_loop()
        self.thread = Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        url = f"ws://127.0.0.1:{hub.port}/api/live-sessions/{session}/channel"
        self._run(self.socket.open(url, person.token()))
        self.welcome = self.command("hello", client="python")

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, SECONDS), self.loop).result()

    def command(self, type: str, **fields: Any) -> dict[str, Any]:
        """What stands in `ok` of the reply."""
        self.ref += 1
        ref = self.ref
        self._run(self.socket.send(json.dumps({"ref": ref, "type": type, **fields})))
        frame = self.wait_for(lambda frame: frame.get("ref") == ref)
        assert "ok" in frame, frame
        return frame["ok"]

    def post(self, text: str, kind: str = "text", **fields: Any) -> dict[str, Any]:
        return self.command("chat.post", client_id=uuid.uuid4().hex, kind=kind, text=text, **fields)

    def wait_for_event(self, type: str) -> dict[str, Any]:
        """The next event of that type that nobody has taken yet."""
        frame = self.wait_for(lambda frame: any(event["type"] == type for event in frame.get("events", [])))
        [event] = [event for event in frame["events"] if event["type"] == type]
        return event

    def wait_for(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        for frame in self.frames:
            if condition(frame):
                self.frames.remove(frame)
                return frame
        while True:
            frame = json.loads(self._run(self.socket.receive()))
            if condition(frame):
                return frame
            self.frames.append(frame)

    def close(self) -> None:
        self._run(self.socket.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
