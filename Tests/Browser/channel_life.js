// Scenarios of coming, going and coming back with `amphi-client.js` against a scripted socket, run by test_channel_client.py.
// Each gets a stage and returns what the test expects to equal its `expected`.
({
  "a slot that failed at once is not taken again faster than by one's own backoff": {
    expected: [0, 800],
    async run(stage) {
      const waits = [];
      for (let round = 0; round < 2; round += 1) {
        const socket = await stage.connected();
        socket.refuse({ code: "store_unavailable", message: "Later." });
        socket.push({ bye: { code: 4010, reason: "store unavailable", reconnect: true, after_ms: 0 } });
        socket.closeWith(4010);
        await stage.until(() => stage.client.connection.phase === "waiting");
        waits.push(stage.client.connection.retryAt - stage.clock);
      }
      return waits;
    },
  },

  "an outage of the store is shown until its end, or until the next welcome": {
    expected: [true, false, true, false],
    async run(stage) {
      const seen = [];
      const see = async (degraded) => {
        await stage.until(() => stage.client.state.degraded === degraded);
        seen.push(stage.client.state.degraded);
      };
      const first = await stage.welcome();
      first.push({ degraded: { on: true, reason: "store" } });
      await see(true);
      first.push({ degraded: { on: false } });
      await see(false);
      first.push({ degraded: { on: true, reason: "store" } });
      await see(true);
      // Over while nobody was connected: a hub says only what is so.
      first.closeWith(1006);
      await stage.welcome({ resumed: true, events: [] });
      await see(false);
      return seen;
    },
  },

  "a bye that forbids it ends the connection for good": {
    expected: { phase: "closed", code: 4509, reason: "session_not_found", sockets: 1 },
    async run(stage) {
      const socket = await stage.connected();
      socket.refuse({ code: "session_not_found", message: "No such session." });
      socket.push({ bye: { code: 4509, reason: "no such session", reconnect: false } });
      socket.closeWith(4509);
      await stage.until(() => stage.client.connection.phase === "closed");
      const { phase, code, reason } = stage.client.connection;
      return { phase, code, reason, sockets: stage.sockets.length };
    },
  },

  "a bye with a slot is obeyed to the millisecond": {
    expected: { phase: "waiting", inMs: 350 },
    async run(stage) {
      const socket = await stage.welcome();
      stage.clock = 10_000;
      socket.push({ bye: { code: 4000, reason: "restart", reconnect: true, after_ms: 350 } });
      socket.closeWith(4000);
      await stage.until(() => stage.client.connection.phase === "waiting");
      const { phase, retryAt } = stage.client.connection;
      return { phase, inMs: retryAt - stage.clock };
    },
  },

  "not open yet waits as long as the hub says": {
    expected: { phase: "waiting", code: 4011, inMs: 90_000 },
    async run(stage) {
      const socket = await stage.connected();
      socket.refuse({ code: "not_open", message: "Later.", retry_after_ms: 90_000 });
      await stage.turn();
      socket.closeWith(4011);
      await stage.until(() => stage.client.connection.phase === "waiting");
      const { phase, code, retryAt } = stage.client.connection;
      return { phase, code, inMs: retryAt - stage.clock };
    },
  },

  "an accident is retried soon, and then with growing full jitter": {
    expected: [[0, 250], [500, 1250], [500, 10_250], [500, 10_250]],
    async run() {
      const { backoffDelay } = await import("/js/channel/backoff.js");
      return [0, 1, 9, 99].map((attempt) => [0, 0.5].map((random) => backoffDelay(attempt, () => random)));
    },
  },

  "the network's return ends a wait at once": {
    expected: { before: "waiting", sockets: 2 },
    async run(stage) {
      const socket = await stage.welcome();
      socket.push({ bye: { code: 4010, reason: "store", reconnect: true, after_ms: 60_000 } });
      socket.closeWith(4010);
      await stage.until(() => stage.client.connection.phase === "waiting");
      const before = stage.client.connection.phase;
      stage.client.networkFound();
      await stage.connected();
      return { before, sockets: stage.sockets.length };
    },
  },

  "an expiring token is replaced in place": {
    expected: { reasons: ["connect", "expiring"], token: "token 2" },
    async run(stage) {
      const socket = await stage.welcome();
      socket.push({ token_expiring: { in_ms: 60_000 } });
      const { token } = await socket.next("token.refresh");
      return { reasons: stage.reasons, token };
    },
  },

  "after an expired token the next connection has a new one": {
    expected: { reasons: ["connect", "expired"], token: "token 2" },
    async run(stage) {
      const socket = await stage.welcome();
      socket.push({ bye: { code: 4003, reason: "token expired", reconnect: true, after_ms: 0 } });
      socket.closeWith(4003);
      const again = await stage.connected();
      return { reasons: stage.reasons, token: again.hello.token };
    },
  },

  "who becomes a host comes back from scratch without a word, and sends the rest then": {
    expected: {
      phases: ["open"], resume: null, sockets: 2, texts: ["a", "for hosts"], questions: [9], banned: [21],
      sent: ["session.start", "chat.post"], started: { seq: 5 },
    },
    async run(stage) {
      const first = await stage.welcome({ seq: 2, events: [stage.message(1, "a"), { seq: 2, type: "withheld" }] });
      await stage.turn();
      const phases = new Set();
      stage.client.subscribe(() => phases.add(stage.client.connection.phase));
      const host = { ...stage.me, role: "moderator" };
      first.push({ presence: { version: 2, count: 1, updated: [host] } });
      const started = stage.client.startSession();
      stage.client.post({ kind: "text", text: "Bonjour" });
      const second = await stage.connected();
      const presence = { version: 2, count: 1, complete: true, people: [host], hands: [] };
      second.welcome({
        seq: 4, events: [stage.message(1, "a"), stage.message(2, "for hosts")], presence,
        me: { user: host, role: "moderator", permissions: ["chat.post", "session.start"] },
        moderation: { muted: [], banned: [21] },
        questions: [{ id: 9, seq: 2, at: stage.at, user: null, text: "Q", state: "pending", votes: 0, voted: false, pinned: false }],
      });
      await second.next("chat.post");
      second.reply(await second.next("session.start"), { seq: 5 });
      return {
        phases: [...phases], resume: second.hello.resume ?? null, sockets: stage.sockets.length, texts: stage.texts(),
        questions: [...stage.client.state.questions.keys()], banned: stage.client.state.moderation.banned,
        sent: second.sent.slice(1).map(({ type }) => type).sort().reverse(), started: await started,
      };
    },
  },

  "who became a host meanwhile begins from scratch too, and who is none any more stays": {
    expected: { resumes: [true, false], sockets: 3, role: "participant" },
    async run(stage) {
      const first = await stage.welcome();
      first.closeWith(1006);
      const user = { ...stage.me, role: "instructor" };
      const me = { user, role: "instructor", permissions: ["chat.post"] };
      const presence = { version: 2, count: 1, complete: true, people: [user], hands: [] };
      const second = await stage.connected();
      second.welcome({ resumed: true, me, presence, moderation: { muted: [], banned: [] } });
      const third = await stage.welcome({ me, presence, moderation: { muted: [], banned: [] } });
      third.push({ presence: { version: 3, count: 1, updated: [{ ...user, role: "participant" }] } });
      await stage.turn();
      await stage.turn();
      return {
        resumes: [second, third].map(({ hello }) => "resume" in hello), sockets: stage.sockets.length,
        role: stage.client.state.me.role,
      };
    },
  },

  "coming back as a host fails like any other connection, and what was asked meanwhile is refused": {
    expected: { phase: "waiting", refused: "disconnected", resume: null },
    async run(stage) {
      const first = await stage.welcome();
      first.push({ presence: { version: 2, count: 1, updated: [{ ...stage.me, role: "moderator" }] } });
      const refused = stage.client.startSession().catch(({ code }) => code);
      const second = await stage.connected();
      second.closeWith(1006);
      await stage.until(() => stage.client.connection.phase !== "open");
      const { phase } = stage.client.connection;
      const third = await stage.connected();
      return { phase, refused: await refused, resume: third.hello.resume ?? null };
    },
  },

  "the server's clock is known from the welcome": {
    expected: 120_000,
    async run(stage) {
      stage.clock = 0;
      await stage.welcome({ server_time: new Date(120_000).toISOString() });
      return stage.client.serverNow();
    },
  },
})
