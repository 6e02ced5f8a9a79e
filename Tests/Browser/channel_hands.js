// Hands and reactions, as the channel client has them; run by test_channel_client.py.
({
  "hands are those of the newest snapshot or diff that has them, in its order": {
    expected: [[9, 7], [9, 7], [7, 8], [], [8]],
    async run(stage) {
      const seen = [];
      const see = () => seen.push(stage.client.state.hands);
      const people = [{ id: 7, name: "Awa", role: "participant" }];
      const socket = await stage.welcome({ presence: { version: 3, count: 3, complete: false, people, hands: [9, 7] } });
      see();
      const push = async (presence) => {
        socket.push({ presence });
        await stage.turn();
        see();
      };
      await push({ version: 4, count: 4, joined: [{ id: 8, name: "Tom", role: "instructor" }], left: [], updated: [] });
      await push({ version: 5, count: 4, joined: [], left: [], updated: [], hands: [7, 8] });
      await push({ version: 6, count: 4, joined: [], left: [], updated: [], hands: [] });
      // One that is older than what is known changes nothing, and a snapshot replaces everything.
      socket.push({ presence: { version: 5, count: 4, joined: [], left: [], updated: [], hands: [7, 8] } });
      await push({ version: 9, count: 1, complete: true, people, hands: [8] });
      return seen;
    },
  },

  "hands are raised, lowered and called by command": {
    expected: [
      { type: "hand", up: true }, { type: "hand", up: false, user_id: 8 }, { type: "hand.next" }, 8,
      { type: "reaction", kind: "clap" },
    ],
    async run(stage) {
      const socket = await stage.welcome();
      const sent = [];
      const answer = async (type, ok) => {
        const { ref, ...fields } = await socket.next(type);
        sent.push(fields);
        socket.reply({ ref }, ok);
      };
      const raised = stage.client.hand(true);
      await answer("hand", {});
      await raised;
      const lowered = stage.client.hand(false, 8);
      await answer("hand", {});
      await lowered;
      const called = stage.client.callNext();
      await answer("hand.next", { user_id: 8 });
      sent.push((await called).user_id);
      const reacted = stage.client.react("clap");
      await answer("reaction", {});
      await reacted;
      return sent;
    },
  },

  "the last call is known, also of a welcome, and an earlier page does not take it back": {
    expected: [null, 8, 9, 9],
    async run(stage) {
      const called = (seq, user_id) => ({ seq, type: "hand.called", at: stage.at, user_id, by: { id: 7 } });
      const seen = [];
      const see = () => seen.push(stage.client.state.called?.userID ?? null);
      see();
      const socket = await stage.welcome({ seq: 3, events: [called(3, 8)] });
      see();
      socket.push({ seq: 4, events: [called(4, 9)] });
      await stage.until(() => stage.client.state.seq === 4);
      see();
      const loading = stage.client.loadEarlier();
      socket.reply(await socket.next("history"), { events: [called(1, 5), called(2, 6)], more: false });
      await loading;
      see();
      return seen;
    },
  },

  "reactions are told as they come, and to nobody who listens no more": {
    expected: [{ clap: 12 }, { clap: 1, heart: 2 }],
    async run(stage) {
      const told = [];
      const socket = await stage.welcome();
      const end = stage.client.onReactions((reactions) => told.push(reactions));
      socket.push({ reactions: { clap: 12 } });
      socket.push({ reactions: { clap: 1, heart: 2 } });
      end();
      socket.push({ reactions: { laugh: 1 } });
      await stage.turn();
      return told;
    },
  },
})
