// Materials and the task of now, as the channel client has them; run by test_channel_client.py.
(() => {
const at = (stage, seq, type, more) => ({ seq, type, at: stage.at, ...more });
const row = (id) => ({ id, title: `T${id}`, url: `https://material.example/${id}` });
const shown = (stage) => [stage.client.state.materials.list.map(({ id }) => id), stage.client.state.materials.task];
return {
  "materials and the task are those of the welcome and what the events make of them": {
    expected: [[[1, 2], "Read"], [[2, 3], "Write"], [[2, 3], null], { id: 3, title: "T3", url: "https://material.example/3" }],
    async run(stage) {
      const socket = await stage.welcome({ seq: 2, materials: [row(1), row(2)], task: "Read" });
      const seen = [shown(stage)];
      socket.push({ seq: 5, events: [
        at(stage, 3, "material.added", row(3)), at(stage, 4, "material.removed", { id: 1 }),
        at(stage, 5, "task.set", { text: "Write" }),
      ] });
      await stage.until(() => stage.client.state.seq === 5);
      seen.push(shown(stage));
      socket.push({ seq: 6, events: [at(stage, 6, "task.set", { text: null })] });
      await stage.until(() => stage.client.state.seq === 6);
      return [...seen, shown(stage), stage.client.state.materials.list[1]];
    },
  },

  "what was up before and is no more says nothing, and changes nothing": {
    expected: [[2], "Write"],
    async run(stage) {
      const socket = await stage.welcome();
      socket.push({ seq: 5, events: [
        at(stage, 1, "material.added", { id: 1, removed: true }), at(stage, 2, "task.set", { replaced: true }),
        at(stage, 3, "material.added", row(2)), at(stage, 4, "material.removed", { id: 1 }),
        at(stage, 5, "task.set", { text: "Write" }),
      ] });
      await stage.until(() => stage.client.state.seq === 5);
      return shown(stage);
    },
  },

  "events that a welcome contains already do not undo what it says of materials": {
    expected: [[[2], "New"], [[2], "New"]],
    async run(stage) {
      const first = await stage.welcome({ seq: 1, materials: [row(1)], task: "Old" });
      first.closeWith(4000);
      const second = await stage.connected();
      const events = [
        at(stage, 2, "material.removed", { id: 1 }), at(stage, 3, "material.added", row(2)),
        at(stage, 4, "task.set", { text: "New" }),
      ];
      second.welcome({ seq: 4, resumed: true, events, materials: [row(2)], task: "New" });
      await stage.until(() => stage.client.state.seq === 4);
      const resumed = shown(stage);
      second.push({ seq: 5, events: [stage.message(5, "a")] });
      await stage.until(() => stage.client.state.seq === 5);
      return [resumed, shown(stage)];
    },
  },

  "an earlier page puts up nothing": {
    expected: [[], null],
    async run(stage) {
      const socket = await stage.welcome({ seq: 4, events: [stage.message(4, "d")] });
      const loading = stage.client.loadEarlier();
      const events = [
        at(stage, 1, "material.added", row(1)), at(stage, 2, "task.set", { text: "Read" }), stage.message(3, "c"),
      ];
      socket.reply(await socket.next("history"), { events, more: false });
      await loading;
      return shown(stage);
    },
  },

  "who looks at the state is told when materials change, and not when they do not": {
    expected: { added: true, said: false, again: false },
    async run(stage) {
      const socket = await stage.welcome({ seq: 1, materials: [row(1)], task: null });
      await stage.turn();
      let changes = [];
      stage.client.subscribe((names) => changes.push(...names));
      const told = async (event) => {
        changes = [];
        socket.push({ seq: event.seq, events: [event] });
        await stage.until(() => stage.client.state.seq === event.seq);
        await stage.turn();
        return changes.includes("materials");
      };
      return {
        added: await told(at(stage, 2, "material.added", row(2))), said: await told(stage.message(3, "a")),
        again: await told(at(stage, 4, "material.removed", { id: 9 })),
      };
    },
  },
};
})()
