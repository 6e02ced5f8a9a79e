// The stage of the scenarios in channel_client.js, channel_life.js and channel_posts.js: an AmphiClient whose sockets a scenario answers by hand.
async ({ name, scenarios }) => {
  const { AmphiClient } = await import("/js/amphi-client.js");
  const at = "2026-03-15T10:05:00.123Z";
  const me = { user: { id: 7, name: "Awa", role: "participant" }, role: "participant", permissions: ["chat.post"] };
  const turn = () => new Promise((resolve) => setTimeout(resolve));

  const until = async (condition) => {
    const deadline = performance.now() + 5_000;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`never true: ${condition}`);
      await turn();
    }
  };

  class ScriptedSocket {
    constructor(url, protocols) {
      Object.assign(this, { url, protocols, sent: [], read: 0 });
      stage.sockets.push(this);
      setTimeout(() => this.onopen?.());
    }
    send(text) {
      this.sent.push(JSON.parse(text));
    }
    close() {}
    get hello() {
      return this.sent[0];
    }
    async next(type) {
      await until(() => this.sent.slice(this.read).some((frame) => frame.type === type));
      const index = this.sent.findIndex((frame, at) => at >= this.read && frame.type === type);
      this.read = index + 1;
      return this.sent[index];
    }
    push(frame) {
      this.onmessage?.({ data: JSON.stringify(frame) });
    }
    reply({ ref }, ok) {
      this.push({ ref, ok });
    }
    replyError({ ref }, error) {
      this.push({ ref, error });
    }
    refuse(error) {
      this.replyError(this.hello, error);
    }
    closeWith(code) {
      // As in a browser: a task of its own, after everything that was received.
      setTimeout(() => this.onclose?.({ code, reason: "" }));
    }
    welcome(fields = {}) {
      const session = { id: 1, title: "Algèbre", status: "live", is_chat_enabled: true };
      const presence = { version: 1, count: 1, complete: true, people: [me.user], hands: [] };
      const limits = { history: 200, ping_ms: 20_000 };
      const state = { session, me, presence, limits, server_time: at };
      this.reply(this.hello, { type: "welcome", seq: 0, epoch: "e1", resumed: false, events: [], ...state, ...fields });
    }
  }

  const stage = {
    at, turn, until, me: me.user, sockets: [], reasons: [], clock: 0, taken: 0,
    texts: () => stage.client.state.messages.map((message) => message.text),
    message: (seq, text, client_id = `c${seq}`) =>
      ({ seq, type: "chat.message", at, id: seq, user: me.user, kind: "text", text, client_id }),
    async connected() {
      await until(() => stage.sockets[stage.taken]?.hello);
      stage.taken += 1;
      return stage.sockets[stage.taken - 1];
    },
    async welcome(fields) {
      const socket = await stage.connected();
      socket.welcome(fields);
      await until(() => stage.client.connection.phase === "open");
      return socket;
    },
  };
  stage.client = new AmphiClient({
    url: "ws://scripted/channel",
    token: async (reason) => `token ${stage.reasons.push(reason)}`,
    WebSocket: ScriptedSocket,
    random: () => 0.2,
    now: () => stage.clock,
  });
  stage.client.start();
  const result = await scenarios[name].run(stage);
  stage.client.stop();
  return result;
}
