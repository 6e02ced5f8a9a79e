// Scenarios of posting with `amphi-client.js` against a scripted socket, run by test_channel_client.py inside the browser.
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
})
