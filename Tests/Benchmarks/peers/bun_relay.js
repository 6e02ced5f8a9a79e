// Bun's own WebSocket server: every text is published to the room of its path.
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  fetch(request, server) {
    const room = new URL(request.url).pathname;
    if (server.upgrade(request, { data: { room } })) return undefined;
    return new Response("a WebSocket, please", { status: 426 });
  },
  websocket: {
    perMessageDeflate: false,
    open(socket) { socket.subscribe(socket.data.room); },
    message(socket, text) { server.publish(socket.data.room, text); },
    close(socket) { socket.unsubscribe(socket.data.room); },
  },
});
