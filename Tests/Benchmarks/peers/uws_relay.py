"""uWebSockets through socketify: rooms are topics, fan-out is uWebSockets' own publish."""

import sys

from socketify import App, AppListenOptions, CompressOptions

app = App()


def upgrade(response, request, context):
    response.upgrade(
        request.get_header("sec-websocket-key"), request.get_header("sec-websocket-protocol"),
        request.get_header("sec-websocket-extensions"), context, request.get_url())


def opened(socket):
    socket.subscribe(socket.get_user_data())


def received(socket, message, opcode):
    # Of the app, not of the socket: the sender gets its text back, too.
    app.publish(socket.get_user_data(), message, opcode)


app.ws(
    "/*",
    {
        "compression": CompressOptions.DISABLED, "idle_timeout": 120, "max_backpressure": 64 * 1024 * 1024,
        "upgrade": upgrade, "open": opened, "message": received,
    })
app.listen(AppListenOptions(port=int(sys.argv[1]), host="127.0.0.1"))
app.run()
