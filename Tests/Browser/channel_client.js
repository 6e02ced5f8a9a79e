// Scenarios for `amphi-client.js` against a scripted socket, run by test_channel_client.py inside the browser.
// Each gets a stage and returns what the test expects to equal its `expected`.
({
  "a post is sent again with the same client_id after a lost connection": {
    expected: { sameID: true, sockets: 2, pending: 0, texts: ["Bonjour"] },
    async run(stage) {
      const { client } = stage;
      const first = await stage.welcome();
      client.post({ kind: "text", text: "Bonjour" });
      const sent = await first.next("chat.post");
      first.closeWith(1006);
      const second = await stage.welcome({ resumed: true, events: [] });
      const again = await second.next("chat.post");
      second.reply(again, { id: 1, seq: 1, duplicate: true });
      second.push({ seq: 1, events: [stage.message(1, "Bonjour", again.client_id)] });
      await stage.until(() => client.pendingPosts.length === 0);
      return {
        sameID: sent.client_id === again.client_id,
        sockets: stage.sockets.length,
        pending: client.pendingPosts.length,
        texts: stage.texts(),
      };
    },
  },

  "a resume sends position and epoch, and applies the events that were missed": {
    expected: { resume: { seq: 2, epoch: "e1" }, texts: ["a", "b", "c"], seq: 3 },
    async run(stage) {
      const first = await stage.welcome({ seq: 2, events: [stage.message(1, "a"), stage.message(2, "b")] });
      first.closeWith(4000);
      const second = await stage.connected();
      const { resume } = second.hello;
      second.welcome({ seq: 3, resumed: true, events: [stage.message(3, "c")] });
      await stage.until(() => stage.client.state.seq === 3);
      return { resume, texts: stage.texts(), seq: stage.client.state.seq };
    },
  },

  "events that the position already covers are not applied twice": {
    expected: ["a", "b", "c"],
    async run(stage) {
      const socket = await stage.welcome({ seq: 2, events: [stage.message(1, "a"), stage.message(2, "b")] });
      socket.push({ seq: 3, events: [stage.message(2, "b"), stage.message(3, "c")] });
      socket.push({ seq: 3, events: [stage.message(3, "c")] });
      await stage.until(() => stage.client.state.seq === 3);
      return stage.texts();
    },
  },

  "a hole in the live stream is filled from the history, live frames wait": {
    expected: { asked: { after_seq: 1, limit: 200 }, texts: ["a", "b", "c", "d", "e"] },
    async run(stage) {
      const socket = await stage.welcome({ seq: 1, events: [stage.message(1, "a")] });
      socket.push({ seq: 4, events: [stage.message(4, "d")] });
      const { after_seq, limit, ref } = await socket.next("history");
      socket.push({ seq: 5, events: [stage.message(5, "e")] });
      const missed = [stage.message(2, "b"), stage.message(3, "c"), stage.message(4, "d")];
      socket.reply({ ref }, { events: missed, more: false });
      await stage.until(() => stage.client.state.seq === 5);
      return { asked: { after_seq, limit }, texts: stage.texts() };
    },
  },

  "without a resume the history is paged until nothing is missing": {
    expected: { asked: [1, 3], texts: ["a", "b", "c", "d", "e"], status: "live" },
    async run(stage) {
      const first = await stage.welcome({ seq: 1, events: [stage.message(1, "a")] });
      first.closeWith(4002);
      const socket = await stage.welcome({ seq: 5, resumed: false, events: [stage.message(5, "e")] });
      const one = await socket.next("history");
      const began = { seq: 2, type: "session.ended", at: stage.at };
      socket.reply(one, { events: [{ ...began }, stage.message(3, "b")], more: true });
      const two = await socket.next("history");
      socket.reply(two, { events: [stage.message(4, "c"), stage.message(5, "d")], more: false });
      socket.push({ seq: 6, events: [stage.message(6, "e")] });
      await stage.until(() => stage.client.state.seq === 6);
      // The session in the welcome is newer than the events that fill the hole: they must not undo it.
      return { asked: [one.after_seq, two.after_seq], texts: stage.texts(), status: stage.client.state.session.status };
    },
  },

  "a hub that is busy is asked for the history again, from the same position": {
    expected: { asked: [1, 1], texts: ["a", "b", "c"], sockets: 1 },
    async run(stage) {
      const socket = await stage.welcome({ seq: 1, events: [stage.message(1, "a")] });
      socket.push({ seq: 3, events: [stage.message(3, "c")] });
      const one = await socket.next("history");
      socket.replyError(one, { code: "rate_limited", message: "Slower.", retry_after_ms: 5 });
      const two = await socket.next("history");
      socket.reply(two, { events: [stage.message(2, "b"), stage.message(3, "c")], more: false });
      await stage.until(() => stage.client.state.seq === 3);
      return { asked: [one.after_seq, two.after_seq], texts: stage.texts(), sockets: stage.sockets.length };
    },
  },

  "a slot that failed at once is not taken again faster than by one's own backoff": {
    expected: [0, 500],
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

  "a history with a hole makes the client start from nothing, once": {
    expected: { resume: null, texts: ["y", "z"], sockets: 2 },
    async run(stage) {
      const socket = await stage.welcome({ seq: 1, events: [stage.message(1, "a")] });
      socket.push({ seq: 9, events: [stage.message(9, "z")] });
      const asked = await socket.next("history");
      socket.reply(asked, { events: [stage.message(5, "e")], more: false });
      const again = await stage.connected();
      const resume = again.hello.resume ?? null;
      again.welcome({ seq: 9, resumed: false, events: [stage.message(8, "y"), stage.message(9, "z")] });
      await stage.until(() => stage.client.state.seq === 9);
      return { resume, texts: stage.texts(), sockets: stage.sockets.length };
    },
  },

  "another epoch makes the client forget what it knew": {
    expected: { texts: ["new"], seq: 1 },
    async run(stage) {
      const first = await stage.welcome({ seq: 2, events: [stage.message(1, "old"), stage.message(2, "older")] });
      first.closeWith(4000);
      const second = await stage.welcome({ epoch: "e2", seq: 1, resumed: false, events: [stage.message(1, "new")] });
      await stage.until(() => stage.client.state.epoch === "e2" && second);
      return { texts: stage.texts(), seq: stage.client.state.seq };
    },
  },

  "withheld events count, show nothing, and leave no hole": {
    expected: { texts: ["a", "c"], seq: 3 },
    async run(stage) {
      const socket = await stage.welcome({ seq: 1, events: [stage.message(1, "a")] });
      socket.push({ seq: 3, events: [{ seq: 2, type: "withheld" }, stage.message(3, "c")] });
      await stage.until(() => stage.client.state.seq === 3);
      return { texts: stage.texts(), seq: stage.client.state.seq };
    },
  },

  "a deleted message keeps its place and loses its text and client_id": {
    expected: [["a", false, "c1"], ["", true, null]],
    async run(stage) {
      const socket = await stage.welcome({ seq: 2, events: [stage.message(1, "a"), stage.message(2, "b")] });
      socket.push({ seq: 3, events: [{ seq: 3, type: "chat.deleted", id: 2, at: stage.at }] });
      await stage.until(() => stage.client.state.seq === 3);
      return stage.client.state.messages.map(({ text, deleted, clientId }) => [text, deleted, clientId]);
    },
  },

  "presence is a snapshot and its diffs, older diffs change nothing": {
    expected: { names: ["Awa", "Tom"], count: 2, version: 9 },
    async run(stage) {
      const person = (id, name) => ({ id, name, role: "participant" });
      const people = [person(1, "Awa"), person(2, "Léa")];
      const socket = await stage.welcome({ presence: { version: 8, count: 2, complete: true, people, hands: [] } });
      socket.push({ presence: { version: 7, count: 1, left: [1] } });
      socket.push({ presence: { version: 9, count: 2, joined: [person(3, "Tom")], left: [2] } });
      await stage.until(() => stage.client.state.presence.version === 9);
      const { people: now, count, version } = stage.client.state.presence;
      return { names: [...now.values()].map(({ name }) => name), count, version };
    },
  },

  "a command of any kind is sent as it stands, and what stands in its ok is the answer": {
    expected: { sent: { type: "hand", up: true }, ok: { place: 3 }, nothing: {} },
    async run(stage) {
      const socket = await stage.welcome();
      const answer = stage.client.request("hand", { up: true, type: "typing", ref: -1 });
      const { ref, ...sent } = await socket.next("hand");
      socket.reply({ ref }, { place: 3 });
      const without = stage.client.request("ping");
      socket.push({ ref: (await socket.next("ping")).ref, ok: {} });
      return { sent, ok: await answer, nothing: await without };
    },
  },

  "a refused command tells its code, its field and how long to wait; one that cannot be sent is disconnected": {
    expected: [
      ["rate_limited", "Slower.", null, 1200, true], ["invalid_field", "Too long.", "title", null, false],
      ["disconnected", "disconnected", null, null, true], ["disconnected", "disconnected", null, null, true],
    ],
    async run(stage) {
      const refusals = [];
      const told = ({ code, message, field, retryAfterMs, passes }) =>
        refusals.push([code, message, field, retryAfterMs, passes]);
      const socket = await stage.welcome();
      const first = stage.client.startSession().catch(told);
      const slower = { code: "rate_limited", message: "Slower.", retry_after_ms: 1200 };
      socket.replyError(await socket.next("session.start"), slower);
      await first;
      const second = stage.client.request("session.update", { title: "" }).catch(told);
      const tooLong = { code: "invalid_field", message: "Too long.", field: "title" };
      socket.replyError(await socket.next("session.update"), tooLong);
      await second;
      const third = stage.client.request("session.end").catch(told);
      await socket.next("session.end");
      socket.closeWith(1006);
      await third;
      await stage.client.request("session.end").catch(told);
      return refusals;
    },
  },

  "who one is follows the people present: by a welcome, a diff and a list, and with it what one may do": {
    expected: [
      ["moderator", "Awa", "chat.post chat.delete.any session.start session.end session.update", "me people"],
      ["moderator", "Awa N.", "chat.post chat.delete.any session.start session.end session.update", "me people"],
      ["participant", "Awa N.", "chat.post", "me people"],
      ["participant", "Awa N.", "chat.post", "people"],
      ["instructor", "Awa N.", "chat.post chat.delete.any session.start session.end session.update", "me people"],
      ["participant", "Awa N.", "chat.post", "connection me messages outbox people session typing"],
    ],
    async run(stage) {
      const seen = [];
      let changed = [];
      stage.client.subscribe((changes) => changed.push(...changes));
      const see = () => {
        const { user, role, permissions } = stage.client.state.me;
        const changes = [...new Set(changed)].sort().join(" ");
        seen.push([user.role === role && role, user.name, permissions.join(" "), changes]);
        changed = [];
      };
      const shown = async (socket, presence) => {
        socket.push({ presence: { count: 2, ...presence } });
        await stage.turn();
        see();
      };
      const self = (role, name = "Awa N.") => ({ id: 7, name, role });
      const socket = await stage.welcome();
      await stage.turn();
      changed = [];
      await shown(socket, { version: 2, updated: [self("moderator", "Awa")] });
      await shown(socket, { version: 3, updated: [self("moderator")] });
      await shown(socket, { version: 4, complete: false, people: [self("participant")] });
      // A diff that is older than what is known, and one that is about somebody else.
      socket.push({ presence: { version: 4, updated: [self("moderator")] } });
      await shown(socket, { version: 5, joined: [{ id: 8, name: "Tom", role: "instructor" }] });
      const listed = stage.client.loadPeople();
      socket.reply(await socket.next("presence.list"), { people: [self("instructor")], more: false, version: 5 });
      await listed;
      see();
      socket.closeWith(1006);
      // The own entry among the people is newer than what the welcome says of its reader.
      const me = { user: self("moderator"), role: "moderator", permissions: ["chat.post", "session.end"] };
      const presence = { version: 9, count: 1, complete: true, people: [self("participant")], hands: [] };
      await stage.welcome({ me, presence, resumed: true });
      await stage.turn();
      see();
      return seen;
    },
  },

  "every event of the session sets its fields and the time of its change": {
    expected: {
      "session.updated": { title: "Analyse", updated_at: "T1" },
      "session.started": { status: "live", actual_start_at: "T0", updated_at: "T2" },
      "session.ending": { ending_at: "T9", updated_at: "T3" },
      "session.ended": {
        status: "ended", actual_end_at: "T4", ended_by: "host", ending_at: null, recording_url: "/r", updated_at: "T4",
      },
      "session.reopened": { status: "live", actual_end_at: null, ended_by: null, updated_at: "T5" },
      "chat.message": {},
      "session.cancelled": { status: "cancelled", updated_at: "T7" },
    },
    async run(stage) {
      const changes = {};
      const session = { id: 1, title: "Algèbre", status: "scheduled", is_chat_enabled: true, ending_at: null };
      const socket = await stage.welcome({ session: { ...session, updated_at: "T0" } });
      const fields = [
        { type: "session.updated", changes: { title: "Analyse" } }, { type: "session.started", actual_start_at: "T0" },
        { type: "session.ending", ends_at: "T9" },
        { type: "session.ended", actual_end_at: "T4", ended_by: "host", recording_url: "/r" },
        { type: "session.reopened" }, stage.message(6, "a"), { type: "session.cancelled" },
      ];
      for (const [index, event] of fields.entries()) {
        const before = stage.client.state.session;
        const seq = index + 1;
        socket.push({ seq, events: [{ ...event, seq, at: `T${seq}` }] });
        await stage.until(() => stage.client.state.seq === seq);
        const after = Object.entries(stage.client.state.session);
        changes[event.type] = Object.fromEntries(after.filter(([name, value]) => before[name] !== value));
      }
      return changes;
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

  "an accident is retried with growing full jitter": {
    expected: [[500, 750], [500, 1250], [500, 10_250], [500, 10_250]],
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

  "a post that is refused stays, with its reason, and can be discarded": {
    expected: { failed: ["failed", "muted"], left: 0 },
    async run(stage) {
      const { client } = stage;
      const socket = await stage.welcome();
      client.post({ kind: "text", text: "non" });
      socket.replyError(await socket.next("chat.post"), { code: "muted", message: "You are muted." });
      await stage.until(() => client.pendingPosts[0]?.status === "failed");
      const [{ status, error, clientId }] = client.pendingPosts;
      client.discardPost(clientId);
      return { failed: [status, error.code], left: client.pendingPosts.length };
    },
  },

  "a post beyond the rate waits its time and goes again, in order": {
    expected: ["1", "1", "2"],
    async run(stage) {
      const socket = await stage.welcome();
      stage.client.post({ kind: "text", text: "1" });
      stage.client.post({ kind: "text", text: "2" });
      const one = await socket.next("chat.post");
      socket.replyError(one, { code: "rate_limited", message: "Slower.", retry_after_ms: 20 });
      const again = await socket.next("chat.post");
      socket.reply(again, { id: 1, seq: 1 });
      const two = await socket.next("chat.post");
      return [one.text, again.text, two.text];
    },
  },

  // Found from outside, no. 36
  "half an emoji is made whole before it is sent, in every field": {
    expected: { text: "caf\uFFFD \u{1F393}", bytes: true },
    async run(stage) {
      const socket = await stage.welcome();
      stage.client.post({ kind: "text", text: "caf\uD83D \u{1F393}" });
      const { text } = await socket.next("chat.post");
      return { text, bytes: text === new TextDecoder().decode(new TextEncoder().encode(text)) };
    },
  },

  // Found from outside, no. 36
  "a refusal without a ref ends the only request there is, and the next post is sent": {
    expected: { failed: ["bad", "bad_json"], next: "good", left: 1 },
    async run(stage) {
      const { client } = stage;
      const socket = await stage.welcome();
      client.post({ kind: "text", text: "bad" });
      client.post({ kind: "text", text: "good" });
      await socket.next("chat.post");
      socket.push({ ref: null, error: { code: "bad_json", message: "No." } });
      const next = await socket.next("chat.post");
      socket.reply(next, { id: 1, seq: 1 });
      socket.push({ seq: 1, events: [stage.message(1, "good", next.client_id)] });
      await stage.until(() => client.pendingPosts.length === 1);
      const [{ text, error }] = client.pendingPosts;
      return { failed: [text, error.code], next: next.text, left: client.pendingPosts.length };
    },
  },

  // Found from outside, no. 36
  "a post that breaks every connection lets the others pass, and is given up": {
    expected: { sent: ["breaks", "breaks", "passes", "breaks", "breaks"], status: "failed", code: "no_answer" },
    async run(stage) {
      const { client } = stage;
      const sent = [];
      let socket = await stage.welcome();
      client.post({ kind: "text", text: "breaks" });
      client.post({ kind: "text", text: "passes" });
      while (client.pendingPosts.some((post) => post.status !== "failed")) {
        const post = await socket.next("chat.post");
        sent.push(post.text);
        if (post.text === "passes") {
          socket.reply(post, { id: 1, seq: 1 });
          socket.push({ seq: 1, events: [stage.message(1, "passes", post.client_id)] });
        } else {
          socket.closeWith(1009);
          await stage.until(() => client.connection.phase === "waiting");
          client.connectNow();
          const { seq, epoch } = client.state;
          socket = await stage.welcome({ seq, epoch, resumed: true, events: [] });
        }
      }
      const [{ status, error }] = client.pendingPosts;
      return { sent, status, code: error.code };
    },
  },

  // Found from outside, no. 36
  "what an older page has kept is made whole, and counts from nothing": {
    expected: [["caf\uFFFD", "queued", 0]],
    async run() {
      const { Outbox } = await import("/js/channel/outbox.js");
      const kept = { clientId: "c", kind: "text", text: "caf\uD83D", replyTo: null, anonymous: false, status: "queued" };
      const outbox = new Outbox({ load: () => [kept], save: () => undefined });
      return outbox.posts.map(({ text, status, unanswered }) => [text, status, unanswered]);
    },
  },

  "earlier pages are put in front, without a repetition": {
    expected: { asked: 4, texts: ["a", "b", "c", "d", "e"], earliest: 1 },
    async run(stage) {
      const events = [stage.message(4, "d"), stage.message(5, "e")];
      const socket = await stage.welcome({ seq: 5, events });
      const loading = stage.client.loadEarlier();
      const asked = await socket.next("history");
      socket.reply(asked, { events: [1, 2, 3].map((seq) => stage.message(seq, "abc"[seq - 1])), more: false });
      await loading;
      return { asked: asked.before_seq, texts: stage.texts(), earliest: stage.client.state.earliest };
    },
  },

  "an earlier page that was read before a deletion does not bring the text back": {
    expected: [["", true, null], ["b", false, "c2"]],
    async run(stage) {
      const socket = await stage.welcome({ seq: 2, events: [stage.message(2, "b")] });
      const loading = stage.client.loadEarlier();
      const asked = await socket.next("history");
      socket.push({ seq: 3, events: [{ seq: 3, type: "chat.deleted", id: 1, message_seq: 1, at: stage.at }] });
      socket.reply(asked, { events: [stage.message(1, "a")], more: false });
      await loading;
      return stage.client.state.messages.map(({ text, deleted, clientId }) => [text, deleted, clientId]);
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
