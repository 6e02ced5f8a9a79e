// Node's `ws`: every text goes to everybody in the room of its path.
"use strict";

const { WebSocketServer } = require("ws");

const rooms = new Map();
const server = new WebSocketServer({
  host: "127.0.0.1", port: Number(process.argv[2]), perMessageDeflate: false, backlog: 1024,
});

server.on("connection", (socket, request) => {
  if (!rooms.has(request.url)) rooms.set(request.url, new Set());
  const room = rooms.get(request.url);
  room.add(socket);
  socket.on("message", (text) => {
    for (const other of room) other.send(text, { binary: false });
  });
  socket.on("close", () => room.delete(socket));
});
