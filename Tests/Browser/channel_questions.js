// Questions and announcements, as the channel client has them; run by test_channel_client.py.
(() => {
const asker = { id: 9, name: "Tom", role: "participant" };
const host = { user: { id: 7, name: "Awa", role: "instructor" }, role: "instructor", permissions: ["chat.post", "question.state"] };
const row = (id, more = {}) => ({
  id, seq: id, at: "2026-03-15T10:05:00.123Z", user: asker, text: `Q${id}`, state: "open", votes: 0, voted: false,
  pinned: false, ...more,
});
const question = (stage, seq, more = {}) => ({
  ...stage.message(seq, `Q${seq}`), kind: "question", user: asker, state: "open", ...more,
});
const updated = (stage, seq, id, more) => ({ seq, type: "question.updated", at: stage.at, id, message_seq: id, ...more });
const published = (stage, seq, id, more = {}) => ({
  seq, type: "question.published", at: stage.at, id, message_seq: id, asked_at: "2026-03-15T09:59:00.000Z", user: asker,
  text: `Q${id}`, ...more,
});
const known = (stage, id, ...names) => {
  const found = stage.client.state.questions.get(id);
  return found && names.map((name) => found[name]);
};
return {
  "questions are those of the welcome and what the events make of them": {
    expected: [["answered", "live", true], ["open", null, false], ["merged", null, 1], ["Q10", 0, "open"], ["", true]],
    async run(stage) {
      const questions = [row(1), row(2, { state: "answered", how: "written", pinned: true }), row(3), row(5)];
      const socket = await stage.welcome({ seq: 5, questions });
      socket.push({ seq: 11, events: [
        updated(stage, 6, 1, { state: "answered", how: "live" }), updated(stage, 7, 1, { pinned: true }),
        updated(stage, 8, 2, { state: "open", pinned: false }), updated(stage, 9, 3, { state: "merged", merged_into: 1 }),
        { ...question(stage, 10), id: 4 }, { seq: 11, type: "chat.deleted", at: stage.at, id: 5, message_seq: 5 },
      ] });
      await stage.until(() => stage.client.state.seq === 11);
      return [known(stage, 1, "state", "how", "pinned"), known(stage, 2, "state", "how", "pinned"),
        known(stage, 3, "state", "how", "mergedInto"), known(stage, 4, "text", "votes", "state"),
        known(stage, 5, "text", "deleted")];
    },
  },

  "events that a welcome contains already do not undo what it says of a question": {
    expected: { resumed: ["answered", 14, true], unlisted: ["answered", null] },
    async run(stage) {
      const first = await stage.welcome({ seq: 1, events: [stage.message(1, "a")] });
      first.closeWith(4000);
      const second = await stage.connected();
      const events = [question(stage, 2), question(stage, 3), updated(stage, 4, 3, { state: "answered", how: "live" })];
      second.welcome({ seq: 4, resumed: true, events, questions: [row(2, { state: "answered", votes: 14, pinned: true })] });
      await stage.until(() => stage.client.state.seq === 4);
      return { resumed: known(stage, 2, "state", "votes", "pinned"), unlisted: known(stage, 3, "state", "votes") };
    },
  },

  "votes come by frames, one's own by the answer": {
    expected: { sent: { type: "question.vote", id: 1, on: true }, votes: [[3, true], [7, true]], changes: ["questions"] },
    async run(stage) {
      const socket = await stage.welcome({ seq: 1, questions: [row(1, { votes: 2 })] });
      const voting = stage.client.vote(1, true);
      const { ref, ...sent } = await socket.next("question.vote");
      socket.reply({ ref }, { votes: 3 });
      await voting;
      const votes = [known(stage, 1, "votes", "voted")];
      await stage.turn();
      const changes = [];
      stage.client.subscribe((names) => changes.push(...names));
      socket.push({ votes: { 1: 7, 99: 4 } });
      await stage.turn();
      return { sent, votes: [...votes, known(stage, 1, "votes", "voted")], changes: [...changes] };
    },
  },

  "who voted for a question has voted for the one that it becomes a part of, unless that is one's own": {
    expected: [true, false],
    async run(stage) {
      const questions = [row(1), row(2, { voted: true }), row(3, { own: true })];
      const socket = await stage.welcome({ seq: 3, questions });
      socket.push({ seq: 4, events: [updated(stage, 4, 2, { state: "merged", merged_into: 1 })] });
      socket.push({ seq: 5, events: [updated(stage, 5, 1, { state: "merged", merged_into: 3 })] });
      await stage.until(() => stage.client.state.seq === 5);
      return [known(stage, 1, "voted")[0], known(stage, 3, "voted")[0]];
    },
  },

  "a question that is approved is a message for whoever could not see it, and opens for whoever could": {
    expected: {
      member: { state: ["open", 0, false], messages: [["Q1", "2026-03-15T09:59:00.000Z"]] },
      asker: { state: ["open", 0, true], messages: [["Q3", "2026-03-15T10:05:00.123Z"]] },
    },
    async run(stage) {
      const { withoutRepeats } = await import("/js/channel/questions.js");
      const shown = (text) => withoutRepeats(stage.client.state.messages)
        .flatMap((message) => (message.text === text ? [[message.text, message.at]] : []));
      const socket = await stage.welcome({ seq: 1 });
      socket.push({ seq: 2, events: [published(stage, 2, 1)] });
      // Nobody else but a host sees one that is pending: this one is the reader's own, though it has no name.
      socket.push({ seq: 3, events: [question(stage, 3, { user: null, anonymous: true, state: "pending" })] });
      socket.push({ seq: 4, events: [published(stage, 4, 3, { user: null, anonymous: true })] });
      await stage.until(() => stage.client.state.seq === 4);
      return {
        member: { state: known(stage, 1, "state", "votes", "own"), messages: shown("Q1") },
        asker: { state: known(stage, 3, "state", "votes", "own"), messages: shown("Q3") },
      };
    },
  },

  "votes that come while a gap is filled are those of questions that are not here yet": {
    expected: { meanwhile: [8], after: [8, 3, 2, 9, 5] },
    async run(stage) {
      const first = await stage.welcome({ seq: 1, events: [question(stage, 1)], questions: [row(1, { votes: 2 })] });
      first.closeWith(4002);
      const socket = await stage.welcome({ seq: 3, resumed: false, questions: [row(1, { votes: 2 }), row(3, { votes: 1 })] });
      const asked = await socket.next("history");
      socket.push({ votes: { 1: 8, 2: 3 } });
      socket.push({ seq: 5, events: [question(stage, 4), question(stage, 5)] });
      socket.push({ votes: { 4: 1, 3: 9, 5: 4 } });
      socket.push({ votes: { 4: 2 } });
      // Counted anew by an event that the page has as well.
      socket.push({ seq: 6, events: [updated(stage, 6, 5, { state: "answered", how: "live", votes: 5 })] });
      const meanwhile = known(stage, 1, "votes");
      socket.reply(asked, { events: [1, 2, 3, 4, 5].map((seq) => question(stage, seq)).concat(
        updated(stage, 6, 5, { state: "answered", how: "live", votes: 5 })), more: false });
      await stage.until(() => stage.client.state.seq === 6);
      return { meanwhile, after: [1, 2, 4, 3, 5].map((id) => known(stage, id, "votes")[0]) };
    },
  },

  "a vote for one's own anonymous question of another device tells that it is one's own": {
    expected: { before: false, code: "forbidden", after: true, others: false },
    async run(stage) {
      const socket = await stage.welcome({ seq: 2, questions: [row(1, { user: null, anonymous: true }), row(2)] });
      const [before] = known(stage, 1, "own");
      const refused = async (id, error) => {
        const voting = stage.client.vote(id, true).catch(({ code }) => code);
        socket.replyError(await socket.next("question.vote"), error);
        return voting;
      };
      await refused(2, { code: "rate_limited", message: "…" });
      const code = await refused(1, { code: "forbidden", message: "…", field: "id" });
      return { before, code, after: known(stage, 1, "own")[0], others: known(stage, 2, "own")[0] };
    },
  },

  "an earlier page adds questions without taking back what is known": {
    expected: [["Q1", "answered", null], ["Q2", "open", true], ["", true]],
    async run(stage) {
      const socket = await stage.welcome({ seq: 6, events: [updated(stage, 6, 1, { state: "answered", how: "live" })] });
      socket.push({ seq: 7, events: [updated(stage, 7, 2, { pinned: true })] });
      socket.push({ seq: 8, events: [{ seq: 8, type: "chat.deleted", at: stage.at, id: 3, message_seq: 3 }] });
      await stage.until(() => stage.client.state.seq === 8);
      const loading = stage.client.loadEarlier();
      const events = [question(stage, 1), question(stage, 2), question(stage, 3), updated(stage, 4, 1, { pinned: true }),
        updated(stage, 5, 1, { pinned: false })];
      socket.reply(await socket.next("history"), { events, more: false });
      await loading;
      return [known(stage, 1, "text", "state", "votes"), known(stage, 2, "text", "state", "pinned"),
        known(stage, 3, "text", "deleted")];
    },
  },

  "rows that were read over REST change nothing that has changed meanwhile": {
    expected: [["answered", 5, "Q1"], ["open", 9, "Q2"], ["dismissed", 2, "Q3"], undefined],
    async run(stage) {
      const socket = await stage.welcome({ seq: 4, questions: [row(1, { votes: 5 }), row(2, { votes: 1 })] });
      const before = stage.client.state;
      socket.push({ seq: 5, events: [updated(stage, 5, 1, { state: "answered", how: "live" })] });
      socket.push({ seq: 6, events: [updated(stage, 6, 3, { state: "dismissed" })] });
      socket.push({ seq: 7, events: [{ seq: 7, type: "chat.deleted", at: stage.at, id: 4, message_seq: 4 }] });
      socket.push({ votes: { 2: 9 } });
      await stage.until(() => stage.client.state.seq === 7);
      stage.client.adoptQuestions([row(1, { votes: 5 }), row(2, { votes: 8 }), row(3, { votes: 2 }), row(4)], before);
      return [1, 2, 3, 4].map((id) => known(stage, id, "state", "votes", "text"));
    },
  },

  "who is no host any more keeps what everybody may see": {
    expected: [1, 5],
    async run(stage) {
      const presence = { version: 1, count: 1, complete: true, people: [host.user], hands: [] };
      const questions = [row(1), row(2, { state: "pending" }), row(3, { private: true }), row(5, { private: true, own: true })];
      const socket = await stage.welcome({ seq: 5, me: host, presence, questions });
      const moved = { ...host.user, role: "participant" };
      socket.push({ presence: { version: 2, count: 1, joined: [], left: [], updated: [moved] } });
      await stage.until(() => stage.client.state.me.role === "participant");
      return [...stage.client.state.questions.keys()];
    },
  },

  "a question keeps that it is private and without a name until it has arrived, and is known as one's own": {
    expected: { sent: { kind: "question", text: "Q", anonymous: true, private: true }, again: true, own: true, left: 0 },
    async run(stage) {
      const first = await stage.welcome();
      stage.client.post({ kind: "question", text: "Q", anonymous: true, private: true });
      const { client_id, ref, type, ...sent } = await first.next("chat.post");
      first.closeWith(4000);
      const second = await stage.welcome({ resumed: true });
      const again = await second.next("chat.post");
      second.reply(again, { id: 1, seq: 1 });
      second.push({ seq: 1, events: [question(stage, 1, { user: null, anonymous: true, client_id })] });
      await stage.until(() => stage.client.state.seq === 1);
      return {
        sent, again: again.client_id === client_id && again.private && again.anonymous,
        own: known(stage, 1, "own")[0], left: stage.client.pendingPosts.length,
      };
    },
  },

  "an announcement is a command of its own and is kept as a post": {
    expected: [{ type: "chat.announce", text: "Soon" }, 0],
    async run(stage) {
      const socket = await stage.welcome();
      stage.client.post({ kind: "announcement", text: "Soon" });
      const { ref, client_id, ...sent } = await socket.next("chat.announce");
      socket.reply({ ref }, { id: 1, seq: 1 });
      socket.push({ seq: 1, events: [{ ...stage.message(1, "Soon", client_id), kind: "announcement" }] });
      await stage.until(() => stage.client.pendingPosts.length === 0);
      return [sent, stage.client.pendingPosts.length];
    },
  },
};
})()
