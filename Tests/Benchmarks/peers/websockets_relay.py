"""Python `websockets`: every text goes to everybody in the room of its path, by the library's own broadcast."""

import asyncio
import collections
import sys

from websockets.asyncio.server import broadcast, serve

rooms = collections.defaultdict(set)


async def relay(connection):
    room = rooms[connection.request.path]
    room.add(connection)
    try:
        async for text in connection:
            broadcast(room, text)
    finally:
        room.discard(connection)


async def main(port):
    async with serve(relay, "127.0.0.1", port, compression=None, backlog=1024) as server:
        print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()


asyncio.run(main(int(sys.argv[1])))
