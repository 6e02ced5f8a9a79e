// Scenarios of `amphi-client.js` on a hub that has lost the end of its journal, against a scripted socket, run by
// test_channel_client.py inside the browser. Each gets a stage and returns what the test expects to equal its `expected`.
(() => {
// Writes a post, which the hub acknowledges as number `seq` and shows.
const written = async (stage, socket, seq, post) => {
  stage.client.post({ kind: "text", ...post });
  const sent = await socket.next("chat.post");
  socket.reply(sent, { id: seq, seq });
  const { ref, type, reply_to, ...said } = sent;
  const user = said.anonymous ? null : stage.me;
  socket.push({ seq, events: [{ ...stage.message(seq, said.text), ...said, user, ...(reply_to ? { reply_to } : {}) }] });
  await stage.until(() => stage.client.state.seq === seq);
  return sent;
};
const other = (stage, seq, text = `other ${seq}`) =>
  ({ ...stage.message(seq, text), user: { id: 8, name: "Tom", role: "participant" }, at: "2026-03-15T10:07:00Z" });
// The next post, which the hub takes as number `seq`.
const taken = async (stage, socket, seq, answer = {}) => {
  const sent = await socket.next("chat.post");
  socket.reply(sent, { id: seq, seq, ...answer });
  if (!answer.duplicate) socket.push({ seq, events: [stage.message(seq, sent.text, sent.client_id)] });
  return sent;
};
const failed = ({ client }) => client.pendingPosts.map(({ text, status, error }) => [text, status, error?.code ?? null]);

return {
  "what was acknowledged and is gone comes again once, in its order, before what was written later": {
    expected: {
      resume: { seq: 4, epoch: "e1", witness: { seq: 4, at: "2026-03-15T10:05:00.123Z" } },
      same: [true, true], sent: ["b", "c", "later"], texts: ["a", "other 2", "b", "c", "later"], pending: [], sockets: 2,
    },
    async run(stage) {
      const first = await stage.welcome();
      const a = await written(stage, first, 1, { text: "a" });
      const b = await written(stage, first, 2, { text: "b" });
      const c = await written(stage, first, 3, { text: "c" });
      first.push({ seq: 4, events: [other(stage, 4)].map((event) => ({ ...event, at: stage.at })) });
      first.closeWith(1006);
      await stage.until(() => stage.client.connection.phase === "waiting");
      stage.client.post({ kind: "text", text: "later" });
      const second = await stage.connected();
      // Under the same epoch, and by now as long as the lost one.
      const events = [stage.message(1, "a", a.client_id), other(stage, 2), { seq: 3, type: "withheld" }, { seq: 4, type: "withheld" }];
      second.welcome({ seq: 4, resumed: false, events });
      const sent = [await taken(stage, second, 5), await taken(stage, second, 6), await taken(stage, second, 7)];
      await stage.until(() => stage.client.pendingPosts.length === 0);
      return {
        resume: second.hello.resume, same: [sent[0].client_id === b.client_id, sent[1].client_id === c.client_id],
        sent: sent.map(({ text }) => text), texts: stage.texts(), pending: failed(stage), sockets: stage.sockets.length,
      };
    },
  },

  "what was acknowledged and not yet seen is asked for again, though the journal goes on": {
    expected: { resumed: 1, same: true, texts: ["a", "other 2", "b"], pending: [] },
    async run(stage) {
      const first = await stage.welcome();
      await written(stage, first, 1, { text: "a" });
      stage.client.post({ kind: "text", text: "b" });
      const b = await first.next("chat.post");
      first.reply(b, { id: 2, seq: 2 });
      await stage.until(() => stage.client.pendingPosts[0]?.status === "stored");
      first.closeWith(1006);
      // The hub has lost it, and somebody else's message takes its place.
      const second = await stage.welcome({ seq: 1, resumed: true, events: [] });
      second.push({ seq: 2, events: [other(stage, 2)] });
      const again = await taken(stage, second, 3);
      await stage.until(() => stage.client.pendingPosts.length === 0);
      return {
        resumed: second.hello.resume.seq, same: again.client_id === b.client_id, texts: stage.texts(), pending: failed(stage),
      };
    },
  },

  "what was seen deleted does not come again, and what the hub still has is not doubled": {
    expected: { sent: ["far away"], texts: ["other 90"], pending: [], left: 0 },
    async run(stage) {
      const first = await stage.welcome();
      await written(stage, first, 1, { text: "far away" });
      await written(stage, first, 2, { text: "deleted" });
      first.push({ seq: 3, events: [{ seq: 3, type: "chat.deleted", id: 2, message_seq: 2, at: stage.at }] });
      first.closeWith(1006);
      // The newest events do not reach back to it.
      const second = await stage.welcome({ epoch: "e2", seq: 90, events: [other(stage, 90)] });
      const sent = [await taken(stage, second, 1, { duplicate: true })];
      await stage.until(() => stage.client.pendingPosts.length === 0);
      await stage.turn();
      return {
        sent: sent.map(({ text }) => text), texts: stage.texts(), pending: failed(stage),
        left: second.sent.filter(({ type }) => type === "chat.post").length - 1,
      };
    },
  },

  "what may not be said any more is shown as failed, and never under a name": {
    expected: { anonymous: [true, true], private: true, failed: [["who?", "failed", "forbidden"], ["me", "failed", "muted"]] },
    async run(stage) {
      const first = await stage.welcome();
      await written(stage, first, 1, { kind: "question", text: "who?", anonymous: true });
      await written(stage, first, 2, { kind: "question", text: "me", private: true });
      first.closeWith(1006);
      const second = await stage.welcome({ epoch: "e2" });
      const mine = await second.next("chat.post");
      second.replyError(mine, { code: "muted", message: "No." });
      // The one without a name waits, so that it does not stand among its author's.
      stage.clock += 61_000;
      stage.client.post({ kind: "text", text: "by the way" });
      const question = await second.next("chat.post");
      second.replyError(question, { code: "forbidden", field: "anonymous", message: "With a name." });
      await taken(stage, second, 1);
      await stage.until(() => stage.client.pendingPosts.every(({ status }) => status === "failed"));
      const answers = failed(stage);
      stage.client.retryPost(stage.client.pendingPosts[0].clientId);
      const again = await second.next("chat.post");
      return { anonymous: [question.anonymous, again.anonymous], private: mine.private, failed: answers };
    },
  },

  "an answer is posted again only to the question that it answers": {
    expected: {
      asked: [[1, 1], [0, 1]], sent: ["to one"], failed: [["to two", "failed", "message_not_found"]],
    },
    async run(stage) {
      const first = await stage.welcome();
      const question = (id, fields = {}) => ({ ...other(stage, id, `Q${id}`), kind: "question", state: "open", ...fields });
      first.push({ seq: 2, events: [question(1), question(2)] });
      await stage.until(() => stage.client.state.seq === 2);
      await written(stage, first, 3, { kind: "answer", text: "to two", replyTo: 2 });
      await written(stage, first, 4, { kind: "answer", text: "to one", replyTo: 1 });
      first.closeWith(1006);
      const second = await stage.welcome({ epoch: "e2", seq: 90, events: [other(stage, 90)] });
      // Another question under the same id; the first one is as it was.
      const two = await second.next("history");
      second.reply(two, { events: [question(2, { at: "2026-03-15T10:09:00Z" })], more: true });
      const one = await second.next("history");
      second.reply(one, { events: [question(1)], more: true });
      const sent = await taken(stage, second, 91);
      await stage.until(() => stage.client.pendingPosts.length === 1);
      return {
        asked: [two, one].map(({ after_seq, limit }) => [after_seq, limit]), sent: [sent.text], failed: failed(stage),
      };
    },
  },

  "a journal that has grown far beyond the witness is looked at from there, and left when it is another": {
    expected: { asked: 1, texts: ["other 302"], resume: null, sent: ["b"], sockets: 3 },
    async run(stage) {
      const first = await stage.welcome();
      await written(stage, first, 1, { text: "a" });
      await written(stage, first, 2, { text: "b" });
      first.push({ seq: 3, events: [{ seq: 3, type: "withheld" }] });
      await stage.until(() => stage.client.state.seq === 3);
      first.closeWith(1006);
      const second = await stage.welcome({ seq: 301, events: [other(stage, 301)] });
      const asked = await second.next("history");
      second.reply(asked, { events: [other(stage, 2), other(stage, 3), other(stage, 4)], more: true });
      const third = await stage.connected();
      third.welcome({ seq: 302, events: [stage.message(301, "a", stage.client.state.messages[0].clientId), other(stage, 302)] });
      const sent = await taken(stage, third, 303);
      return {
        asked: asked.after_seq, texts: stage.texts().slice(1, 2), resume: third.hello.resume ?? null, sent: [sent.text],
        sockets: stage.sockets.length,
      };
    },
  },

  "what was acknowledged is kept for two minutes, and longer while there is no connection": {
    expected: ["new"],
    async run(stage) {
      const first = await stage.welcome();
      await written(stage, first, 1, { text: "old" });
      stage.clock += 100_000;
      await written(stage, first, 2, { text: "new" });
      stage.clock += 50_000;
      first.closeWith(1006);
      await stage.until(() => stage.client.connection.phase === "waiting");
      stage.clock += 3_600_000;
      const second = await stage.welcome({ epoch: "e2" });
      const sent = [await taken(stage, second, 1)];
      await stage.until(() => stage.client.pendingPosts.length === 0);
      return sent.map(({ text }) => text);
    },
  },

  "what was acknowledged is kept over a reload, not as pending, over an outage too, and not for ever": {
    expected: { kept: [["a", "stored"]], pending: [0, 0], again: [["a", "queued", null], 1, 0] },
    async run(stage) {
      const { Outbox } = await import("/js/channel/outbox.js");
      let kept = [];
      let clock = 0;
      const open = () => new Outbox({ load: () => kept, save: (posts) => { kept = JSON.parse(JSON.stringify(posts)); } }, () => clock);
      const before = open();
      const { clientId } = before.add({ kind: "text", text: "a" }, stage.at);
      before.update(clientId, { status: "stored", id: 1, seq: 1 });
      before.settle(1, [], 7);
      const saved = kept.map(({ text, status }) => [text, status]);
      const after = open();
      const pending = [before.posts.length, after.posts.length];
      after.doubt();
      const [{ text, status, seq }] = after.posts;
      after.settle(5, [stage.message(5, "a", clientId)], 7);
      // A page that is loaded again while the hub is away, and one of the next hour.
      const doubted = (/** @type {number} */ ms) => {
        clock += ms;
        const late = open();
        late.doubt();
        return late.posts.length;
      };
      const stored = kept;
      const soon = doubted(600_000);
      kept = stored;
      return { kept: saved, pending, again: [[text, status, seq], soon, doubted(3_000_000)] };
    },
  },
};
})()
