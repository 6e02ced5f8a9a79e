// One random class on the hub that this page came from, run by test_channel_history.py: four people with an AmphiClient
// each, and at random moments a newcomer beside one of them, who must be shown the very same. The seed makes the plan.
async ({ seed, steps, session, course, people }) => {
  const { AmphiClient, ChannelError } = await import("/js/amphi-client.js");
  const log = [];
  const problems = [];
  const underway = new Set();
  let comparisons = 0;

  // mulberry32: small, seeded, good enough to choose steps.
  let word = seed;
  const random = () => {
    word = (word + 0x6D2B79F5) | 0;
    let mixed = Math.imul(word ^ (word >>> 15), 1 | word);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const pick = (bound) => Math.floor(random() * bound);

  const turn = () => new Promise((resolve) => setTimeout(resolve));
  const until = async (what, condition) => {
    const deadline = performance.now() + 15_000;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`never: ${what}`);
      await turn();
    }
  };

  const rest = async (method, path, person, body) => {
    const headers = { Authorization: `Bearer ${people[person].token}`, "Content-Type": "application/json" };
    const response = await fetch(path, { method, headers, body: JSON.stringify(body) });
    return { status: response.status, data: (await response.json()).data };
  };
  const mustREST = async (...request) => {
    const { status, data } = await rest(...request);
    if (status >= 300) throw new Error(`${request.join(" ")}: ${status}`);
    return data;
  };

  const connect = (person) => {
    const url = `${location.origin.replace(/^http/, "ws")}/api/live-sessions/${session}/channel`;
    const client = new AmphiClient({ url, token: async () => people[person].token, random: () => 0 });
    // What was known at each position, since a newcomer's welcome is of one position and the stream goes on.
    const viewer = { person, client, at: new Map() };
    client.subscribe(() => viewer.at.set(client.state.seq, client.state));
    client.start();
    return viewer;
  };
  const isOpen = ({ client }) => client.connection.phase === "open";
  const isSettled = ({ client }) => client.pendingPosts.every(({ status }) => status === "failed");
  const opened = (viewer) => until(`${viewer.person} is on the channel`, () => isOpen(viewer));

  const different = (name, mine, theirs) => {
    const [one, other] = [canonical(mine), canonical(theirs)];
    return one === other ? [] : [`${name}: ${one}, fresh ${other}`];
  };
  // Members in one order, Maps as lists of their entries.
  const canonical = (value) => JSON.stringify(value, (_, part) => {
    if (part instanceof Map) return [...part].sort(([a], [b]) => a - b);
    if (part === null || typeof part !== "object" || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });

  // What a welcome lists, and what one has of it at the same position. Whoever became a host lately was never told a part.
  const isListed = ({ deleted, state, pinned }) => !deleted && (state === "open" || state === "pending" || pinned);
  const ofQuestions = (mine, theirs) => [...new Set([...mine.keys(), ...theirs.keys()])].flatMap((id) => {
    const [one, other] = [mine.get(id), theirs.get(id)];
    if (!(one && isListed(one)) && !(other && isListed(other))) return [];
    if (!one || !other) return [`question ${id}: ${canonical(one)}, fresh ${canonical(other)}`];
    const names = ["state", "how", "pinned", "text", "at", "user", "mergedInto", "private", "anonymous"];
    const shown = (question) => names.map((name) => (one[name] === null && name !== "how" ? null : question[name]));
    return different(`question ${id}`, shown(one), shown(other));
  });

  const differences = (mine, theirs, hasMoved) => {
    const earliest = Math.max(mine.earliest, theirs.earliest);
    const both = ({ seq }) => [mine, theirs].every(({ messages }) => messages.some((message) => message.seq === seq));
    // Events of another audience show as they did after a change of role.
    const chat = ({ messages }) => messages.filter((message) => message.seq >= earliest && (!hasMoved || both(message)));
    const fields = new Set([...Object.keys(mine.session), ...Object.keys(theirs.session)]);
    return [
      ...different("position", [mine.seq, mine.epoch], [theirs.seq, theirs.epoch]),
      ...[...fields].flatMap((name) => different(`session.${name}`, mine.session[name], theirs.session[name])),
      ...different("messages", chat(mine), chat(theirs)),
      ...ofQuestions(mine.questions, theirs.questions),
      ...different("materials", mine.materials, theirs.materials),
    ];
  };

  // Commands may be under way: the viewer is asked what it knew when it stood where the newcomer was let in.
  const compare = async (viewer) => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const fresh = connect(viewer.person);
      await opened(fresh);
      const { seq } = fresh.client.state;
      const theirs = fresh.at.get(seq);
      await until(`${viewer.person} comes to ${seq}`, () => viewer.client.state.seq >= seq);
      const mine = viewer.at.get(seq);
      if (mine && theirs) {
        problems.push(...differences(mine, theirs, viewer.person === "assistant"));
        await comparePresence(viewer, fresh);
        comparisons += 1;
      }
      fresh.client.stop();
      // Events of one frame come together; then there is no state of that position, and another newcomer is looked at.
      if (mine && theirs) return;
    }
    problems.push(`${viewer.person} was never where a newcomer was let in`);
  };

  const comparePresence = async (viewer, fresh) => {
    const own = ({ client }) => canonical(client.state.presence.people.get(client.state.me.user.id));
    const version = ({ client }) => client.state.presence.version;
    // A snapshot has its reader as of the hello, even when the diff that says so to everybody is still to come.
    const isSame = () => version(viewer) === version(fresh) && own(viewer) === own(fresh);
    await until(`${viewer.person} and a newcomer see people of one moment`, isSame);
    const [mine, theirs] = [viewer.client.state, fresh.client.state];
    // Whether a host teaches the course is told by the next welcome.
    const rights = ({ me }) => ({ ...me, permissions: me.permissions.filter((name) => name !== "cohost").sort() });
    problems.push(...different("me", rights(mine), rights(theirs)));
    const sanctions = ({ moderation }) => moderation && {
      muted: [...moderation.muted].sort((a, b) => a.user_id - b.user_id), banned: [...moderation.banned].sort(),
    };
    // Whoever has become a host meanwhile is told by the next welcome.
    if (mine.moderation) problems.push(...different("moderation", sanctions(mine), sanctions(theirs)));
    problems.push(...different("presence", mine.presence, theirs.presence));
  };

  const viewers = ["teacher", "assistant", "student", "classmate"].map(connect);
  const [teacher, , , classmate] = viewers;
  let isAssistantHost = false;

  // Sent without waiting for the answer; a refusal is an answer, too.
  const send = (viewer, type, fields) => {
    log.push(`${viewer.person} ${type} ${JSON.stringify(fields ?? {})}`);
    const answer = viewer.client.request(type, fields).catch((error) => {
      if (!(error instanceof ChannelError)) throw error;
      log.push(`${viewer.person} ${type}: ${error.code}`);
    });
    underway.add(answer);
    answer.finally(() => underway.delete(answer));
  };

  const known = (viewer, kind) => viewer.client.state.messages.filter((message) => !kind || message.kind === kind);
  const some = (list, share) => list[Math.floor(share * list.length)];

  const post = (viewer, text = `Text ${log.length}`) => {
    const [way, kind, share, number, anonymous] = [pick(3), pick(4), random(), pick(40), pick(2) === 0];
    const question = some(known(viewer, "question"), share);
    const fields = { kind: "text", text };
    if (kind === 0) Object.assign(fields, { kind: "question", anonymous, private: pick(4) === 0 });
    else if (kind === 1 && question) Object.assign(fields, { kind: "answer", replyTo: question.id });
    if (way > 0) {
      log.push(`${viewer.person} posts ${fields.kind}`);
      return viewer.client.post(fields);
    }
    // A small choice of client_ids, so that some are used again.
    const { replyTo: reply_to, ...others } = fields;
    send(viewer, "chat.post", { client_id: `c${number}`, ...others, ...(reply_to ? { reply_to } : {}) });
  };

  const remove = (viewer) => {
    const message = some(known(viewer), random());
    if (message) send(viewer, "chat.delete", { id: message.id });
  };

  const update = (viewer) => {
    const changes = [
      { title: `Title ${log.length}` }, { description: `About ${log.length}` },
      { description: null, is_chat_enabled: pick(3) > 0 }, { max_participants: 60 + pick(9) },
      { is_recording_enabled: pick(2) === 0, thumbnail_url: `/thumbs/${log.length}.png` },
      { scheduled_end_at: new Date(Date.now() + 3_600_000 + 60_000 * pick(60)).toISOString() },
      { recording_url: pick(2) === 0 ? null : "/recordings/0" },
      { instructor_id: pick(2) === 0 ? people.teacher.id : people.assistant.id },
    ];
    send(viewer, "session.update", changes[pick(changes.length)]);
  };

  const moderate = (viewer) => {
    const user_id = people[["assistant", "student", "classmate"][pick(3)]].id;
    const acts = [
      ["moderation.mute", { user_id, reason: `Reason ${log.length}` }], ["moderation.mute", { user_id, seconds: 60 + pick(60) }],
      ["moderation.unmute", { user_id }], ["moderation.unmute", { user_id }],
      ["chat.mode", { mode: ["open", "questions", "locked"][pick(3)] }], ["chat.mode", { mode: "open" }],
    ];
    send(viewer, ...acts[pick(acts.length)]);
  };

  const vote = (viewer) => {
    const question = some([...viewer.client.state.questions.values()].filter(isListed), random());
    if (!question) return;
    const on = pick(3) > 0;
    log.push(`${viewer.person} votes ${on} for ${question.id}`);
    const answer = viewer.client.vote(question.id, on).catch((error) => log.push(error.code));
    underway.add(answer);
    answer.finally(() => underway.delete(answer));
  };

  const steer = (viewer) => {
    const all = [...viewer.client.state.questions.values()];
    const [one, other] = [some(all, random()), some(all.filter(isListed), random())];
    const way = pick(8);
    if (way === 7) return send(viewer, "chat.announce", { client_id: `a${log.length}`, text: `Heed ${log.length}` });
    if (way === 6) return send(viewer, "session.update", { questions_need_approval: pick(2) === 0 });
    if (!one || !other) return undefined;
    const { id } = pick(2) === 0 ? one : other;
    const acts = [
      ["question.state", { id, state: "answered", how: ["live", "written"][pick(2)] }], ["question.state", { id, state: "open" }],
      ["question.state", { id, state: "dismissed" }], ["question.pin", { id, on: pick(2) === 0 }], ["question.approve", { id }],
      ["question.merge", { id: one.id, into: other.id }],
    ];
    return send(viewer, ...acts[way]);
  };

  const putUp = (viewer) => {
    const [way, share, number] = [pick(5), random(), pick(20)];
    const { list } = viewer.client.state.materials;
    const material = { title: `Material ${log.length}`, url: `https://material.example/${log.length}` };
    if (way <= 1) send(viewer, "material.add", { client_id: `m${number}`, ...material });
    else if (way === 2 && list.length > 0) send(viewer, "material.remove", { id: some(list, share).id });
    else send(viewer, "task.set", { text: way === 3 ? null : `Task ${number % 3}` });
  };

  const moveHand = (viewer) => {
    const way = pick(5);
    if (way === 0) send(viewer, "hand.next");
    else if (way === 1) send(viewer, "hand", { up: false, user_id: people[viewers[pick(4)].person].id });
    else send(viewer, "hand", { up: way > 2 || pick(2) === 0 });
  };

  const reopen = async () => {
    const { status } = await rest("POST", `/api/live-sessions/${session}/reopen`, "admin", {});
    log.push(`reopen ${status}`);
  };

  const moveAssistant = async () => {
    isAssistantHost = !isAssistantHost;
    log.push(`assistant is ${isAssistantHost ? "host" : "participant"}`);
    const co_instructor_ids = isAssistantHost ? [people.assistant.id] : [];
    await mustREST("PUT", `/api/courses/${course.id}`, "admin", { ...course, co_instructor_ids });
    const { client } = viewers[1];
    const role = isAssistantHost ? "moderator" : "participant";
    await until(`the assistant becomes ${role}`, () => ["instructor", role].includes(client.state.me.role));
    // As a page does: the list that a host sees is read over REST.
    const before = client.state;
    client.adoptQuestions(await mustREST("GET", `/api/live-sessions/${session}/questions?limit=200`, "assistant"), before);
  };

  // More than a resume brings (256 KiB): who comes back has to read the history up to where everybody is.
  const writeMuch = async (viewer) => {
    await rest("PUT", `/api/live-sessions/${session}`, "admin", { is_chat_enabled: true, chat_mode: "open" });
    for (let left = 18; left > 0; left -= 1) viewer.client.post({ kind: "text", text: "\u{1F393}".repeat(4000) });
    await until(`the posts of ${viewer.person} are settled`, () => isSettled(viewer));
  };

  // Loses the connection, and comes back with the old position when things have gone on.
  const comeBackLater = async (viewer) => {
    const [others, isLong] = [viewers.filter((other) => other !== viewer), pick(4) === 0];
    log.push(`${viewer.person} is away${isLong ? " for long" : ""}`);
    if (pick(2) === 0) viewer.client.networkLost();
    else viewer.client.stop();
    for (let left = pick(6); left > 0; left -= 1) post(others[pick(3)]);
    if (isLong) await writeMuch(others[0]);
    await Promise.all(underway);
    log.push(`${viewer.person} comes back`);
    viewer.client.connectNow();
    // What comes while the client reads what it has missed.
    for (let left = 3; left > 0; left -= 1) post(others[pick(3)]);
    await opened(viewer);
  };

  const endAndRenewEnrollment = async () => {
    const path = `/api/courses/${course.id}/enrollments/${people.classmate.id}`;
    log.push("the classmate's enrollment ends");
    await mustREST("PUT", path, "admin", { is_active: false });
    await until("the classmate is sent away", () => classmate.client.connection.code === 4502);
    post(teacher);
    await mustREST("PUT", path, "admin", { is_active: true });
    log.push("and begins anew");
    classmate.client.connectNow();
    await opened(classmate);
  };

  const readAgain = (viewer) => {
    log.push(`${viewer.person} reads earlier messages`);
    viewer.client.trimChat(1 + pick(20));
    const answer = viewer.client.loadEarlier(1 + pick(30)).catch((error) => log.push(error.code));
    underway.add(answer);
    answer.finally(() => underway.delete(answer));
  };

  const step = async () => {
    const [kind, viewer] = [pick(33), viewers[pick(viewers.length)]];
    if (kind <= 5) post(viewer);
    else if (kind <= 7) remove(viewer);
    else if (kind === 8) update(viewer);
    else if (kind === 9) moderate(viewer);
    else if (kind === 10) send(viewer, "session.start");
    else if (kind === 11) send(viewer, "session.end", pick(2) === 0 ? { recording_url: "/recordings/1" } : {});
    else if (kind === 12) await reopen();
    else if (kind === 13) await moveAssistant();
    else if (kind === 14) await comeBackLater(viewer);
    else if (kind === 15) await (pick(3) === 0 ? endAndRenewEnrollment() : undefined);
    else if (kind === 16) readAgain(viewer);
    else if (kind === 17 || kind === 18) moveHand(viewer);
    else if (kind <= 20) vote(viewer);
    else if (kind <= 24) steer(viewer);
    else if (kind <= 27) putUp(viewer);
    else await compare(viewer);
  };

  // Everything that was said, from the first message on.
  const compareWhole = async (viewer) => {
    const fresh = connect(viewer.person);
    await opened(fresh);
    for (const { client } of [viewer, fresh]) while (client.state.earliest > 1) await client.loadEarlier();
    await until(`${viewer.person} has everything`, () => viewer.client.state.seq === fresh.client.state.seq);
    problems.push(...differences(viewer.client.state, fresh.client.state, viewer.person === "assistant"));
    // Votes come by frames of their own: they are exact when nothing happens any more.
    const votes = ({ client }) => canonical([...client.state.questions.values()].filter(isListed)
      .map(({ id, votes: count, voted }) => [id, count, voted]).sort(([a], [b]) => a - b));
    await until(`${viewer.person} counts as a newcomer: ${votes(viewer)}, ${votes(fresh)}`, () => votes(viewer) === votes(fresh));
    fresh.client.stop();
  };

  // The last event of a class that nobody has started is told to all, and all are sent away.
  const cancel = async () => {
    const { status } = await rest("POST", `/api/live-sessions/${session}/cancel`, "admin", {});
    log.push(`cancel ${status}`);
    if (status !== 200) return;
    const row = await mustREST("GET", `/api/live-sessions/${session}`, "admin");
    for (const { person, client } of viewers) {
      await until(`${person} is sent away`, () => client.connection.code === 4505);
      for (const [name, value] of Object.entries(client.state.session)) {
        problems.push(...different(`${person}, called off: ${name}`, value, row[name]));
      }
    }
  };

  try {
    await Promise.all(viewers.map(opened));
    for (let number = 0; number < steps && problems.length === 0; number += 1) await step();
    await Promise.all(underway);
    for (const viewer of viewers) await until(`all posts of ${viewer.person} are settled`, () => isSettled(viewer));
    for (const viewer of viewers) await compare(viewer);
    for (const viewer of viewers) await compareWhole(viewer);
    await cancel();
  } catch (error) {
    problems.push(String(error));
  }
  const events = teacher.client.state.seq;
  for (const { client } of viewers) client.stop();
  const told = problems.slice(0, 10).map((problem) => problem.slice(0, 1500));
  return { problems: told, events, comparisons, log: problems.length > 0 ? log : [] };
}
