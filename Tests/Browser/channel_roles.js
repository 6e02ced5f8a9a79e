// Roles that change while one is here, and guests, as the channel client has them; run by test_channel_client.py.
({
  "who became co-host last is known, also of a welcome, and an earlier page does not take it back": {
    expected: [null, [8, "moderator"], [8, "participant"], [8, "participant"]],
    async run(stage) {
      const changed = (seq, user_id, role) => ({ seq, type: "role.changed", at: stage.at, user_id, role, by: { id: 7 } });
      const seen = [];
      const see = () => {
        const { roleChange } = stage.client.state;
        seen.push(roleChange && [roleChange.userID, roleChange.role]);
      };
      see();
      const socket = await stage.welcome({ seq: 3, events: [changed(3, 8, "moderator")] });
      see();
      socket.push({ seq: 4, events: [changed(4, 8, "participant")] });
      await stage.until(() => stage.client.state.seq === 4);
      see();
      const loading = stage.client.loadEarlier();
      socket.reply(await socket.next("history"), { events: [changed(2, 5, "moderator")], more: false });
      await loading;
      see();
      return seen;
    },
  },

  "a guest is no host, whatever else changes": {
    expected: [["guest", ["chat.post"]], ["guest", ["chat.post"]], ["moderator", true]],
    async run(stage) {
      const seen = [];
      const self = (role, name = "Ada") => ({ id: 7, name, role });
      const me = { user: self("guest"), role: "guest", permissions: ["chat.post"] };
      const here = (version, ...person) => ({ version, count: 1, complete: true, people: [self(...person)], hands: [] });
      const socket = await stage.welcome({ me, presence: here(1, "guest") });
      const see = (short) => {
        const { role, permissions } = stage.client.state.me;
        seen.push([role, short ? permissions.includes("session.end") : permissions]);
      };
      see(false);
      socket.push({ presence: here(2, "guest", "Dr Ada") });
      see(false);
      socket.push({ presence: here(3, "moderator") });
      see(true);
      return seen;
    },
  },

  "the name of a guest who was erased is shown no more, in the chat and at the questions": {
    expected: [["Guest", "Awa"], ["Guest"]],
    async run(stage) {
      const guest = { id: 9, name: "Dr Ada Okafor", role: "guest" };
      const events = [
        { ...stage.message(1, "a"), user: guest }, stage.message(2, "b"),
        { ...stage.message(3, "c"), user: guest, kind: "question", state: "open" },
      ];
      const socket = await stage.welcome({ seq: 3, events });
      const deleted = { seq: 4, type: "chat.deleted", at: stage.at, id: 1, message_seq: 1, by: stage.me };
      socket.push({ seq: 5, events: [deleted, { seq: 5, type: "guest.erased", at: stage.at, user_id: 9, by: stage.me }] });
      await stage.until(() => stage.client.state.seq === 5);
      const { messages, questions } = stage.client.state;
      return [messages.slice(0, 2).map(({ user }) => user.name), [...questions.values()].map(({ user }) => user.name)];
    },
  },
})
