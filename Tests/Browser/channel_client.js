// Scenarios of what `amphi-client.js` makes of frames, against a scripted socket, run by test_channel_client.py inside the browser.
// Each gets a stage and returns what the test expects to equal its `expected`.
(() => {
const ofHosts = [
  "chat.delete.any chat.announce session.start session.end session.update chat.mode chat.slow moderation.mute",
  "moderation.unmute moderation.remove moderation.ban moderation.unban hand.next question.state question.pin",
  "question.approve question.merge question.author material.add material.remove task.set",
].join(" ");
return {
  "a resume sends position, epoch and the newest event that was shown, and applies the events that were missed": {
    expected: {
      resume: { seq: 3, epoch: "e1", witness: { seq: 2, at: "2026-03-15T10:05:00.123Z" } }, texts: ["a", "b", "c"], seq: 4,
    },
    async run(stage) {
      const events = [stage.message(1, "a"), stage.message(2, "b"), { seq: 3, type: "withheld" }];
      const first = await stage.welcome({ seq: 3, events });
      first.closeWith(4000);
      const second = await stage.connected();
      const { resume } = second.hello;
      second.welcome({ seq: 4, resumed: true, events: [stage.message(4, "c")] });
      await stage.until(() => stage.client.state.seq === 4);
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

  "without a resume the history is paged from the witness on until nothing is missing": {
    expected: { asked: [0, 3], texts: ["a", "b", "c", "d", "e"], status: "live" },
    async run(stage) {
      const first = await stage.welcome({ seq: 1, events: [stage.message(1, "a")] });
      first.closeWith(4002);
      const socket = await stage.welcome({ seq: 5, resumed: false, events: [stage.message(5, "e")] });
      const one = await socket.next("history");
      const began = { seq: 2, type: "session.ended", at: stage.at };
      socket.reply(one, { events: [stage.message(1, "a"), { ...began }, stage.message(3, "b")], more: true });
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
      ["moderator", "Awa", `chat.post ${ofHosts}`, "me outbox people typing"],
      ["moderator", "Awa N.", `chat.post ${ofHosts} cohost`, "me people"],
      ["participant", "Awa N.", "chat.post", "me people"],
      ["participant", "Awa N.", "chat.post", "people"],
      ["instructor", "Awa N.", `chat.post ${ofHosts}`, "me outbox people typing"],
      ["participant", "Awa N.", "chat.post", "connection materials me messages outbox people session typing"],
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
      // The own entry among the people is newer than what a welcome says of its reader.
      const back = async (role, name, version, fields = {}) => {
        const me = { user: self("moderator"), role: "moderator", permissions: ["chat.post", ...ofHosts.split(" "), "cohost"] };
        const presence = { version, count: 1, complete: true, people: [self(role, name)], hands: [] };
        const socket = await stage.welcome({ me, presence, ...fields });
        await stage.turn();
        return socket;
      };
      const first = await stage.welcome();
      await stage.turn();
      changed = [];
      await shown(first, { version: 2, updated: [self("moderator", "Awa")] });
      let socket = await back("moderator", "Awa", 2);
      changed = [];
      await shown(socket, { version: 3, updated: [self("moderator")] });
      await shown(socket, { version: 4, complete: false, people: [self("participant")] });
      // A diff that is older than what is known, and one that is about somebody else.
      socket.push({ presence: { version: 4, updated: [self("moderator")] } });
      await shown(socket, { version: 5, joined: [{ id: 8, name: "Tom", role: "instructor" }] });
      const listed = stage.client.loadPeople();
      socket.reply(await socket.next("presence.list"), { people: [self("instructor")], more: false, version: 5 });
      await listed;
      see();
      socket = await back("instructor", "Awa N.", 5);
      changed = [];
      socket.closeWith(1006);
      await back("participant", "Awa N.", 9, { resumed: true });
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
};
})()
