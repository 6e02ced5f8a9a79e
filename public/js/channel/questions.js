// @ts-check
/** The questions of a class: what a welcome, the stream, the counts of votes and the list over REST say of each. Pure. */

import { isHost } from "./me.js";

/**
 * @typedef {import("./frames.js").QuestionRow} QuestionRow
 * @typedef {import("./frames.js").QuestionEvent} QuestionEvent
 * @typedef {import("./frames.js").ChannelEvent} ChannelEvent
 * @typedef {import("./frames.js").Me} Me
 * @typedef {"pending" | "open" | "answered" | "dismissed" | "merged"} QuestionState
 * @typedef {{id: number, seq: number, asOf: number, at: string | null, user: import("./frames.js").Person | null,
 *            text: string | null, state: QuestionState | null, how: "live" | "written" | null, votes: number | null,
 *            voted: boolean, pinned: boolean | null, own: boolean, mergedInto: number | null, private: boolean,
 *            anonymous: boolean, deleted: boolean}} Question
 *   `seq` is the place of its message. A null `text`, `state`, `votes` or `pinned` was not told until now: the events
 *   that were read have only a part of it. `asOf` is the seq as of which the rest is told; older events change nothing.
 * @typedef {ReadonlyMap<number, Question>} Questions  By id; replaced, never changed in place.
 */

/** @type {Omit<Question, "id" | "seq" | "asOf">} */
const UNTOLD = {
  at: null, user: null, text: null, state: null, how: null, votes: null, voted: false, pinned: null, own: false,
  mergedInto: null, private: false, anonymous: false, deleted: false,
};

/** @returns {Questions} */
export function noQuestions() {
  return new Map();
}

/**
 * Rows of a welcome or of the list over REST.
 *
 * @param {Questions} questions
 * @param {QuestionRow[]} rows
 * @param {number} asOf The position for which they hold.
 * @param {Questions} [before] What was known when the rows were asked for: what has changed since then is newer.
 * @returns {Questions}
 */
export function withRows(questions, rows, asOf, before = questions) {
  if (rows.length === 0) return questions;
  const all = new Map(questions);
  for (const row of rows) {
    const known = questions.get(row.id);
    if (known?.deleted) continue;
    const told = questionOf(row, asOf);
    all.set(row.id, known && known !== before.get(row.id) ? joined(told, known) : told);
  }
  return all;
}

/**
 * Events of the stream, or of a page of the history that is then put below by `beneath`.
 *
 * @param {Questions} questions
 * @param {ChannelEvent[]} events Ascending.
 * @param {{me: Me | null, told: number}} reader Who reads; votes up to the seq `told` are not in these events.
 * @returns {Questions}
 */
export function applyToQuestions(questions, events, { me, told }) {
  /** @type {Map<number, Question> | null} */
  let all = null;
  for (const event of events) {
    if (!isAboutQuestion(event)) continue;
    const before = (all ?? questions).get(event.id);
    const after = step(before, event, me, told);
    if (after && after !== before) (all ??= new Map(questions)).set(event.id, after);
    const target = after && after !== before && after.mergedInto !== null ? all?.get(after.mergedInto) : null;
    // The union of votes has that of whoever voted for either; nobody counts for their own question.
    if (target && after?.voted && !target.own) all?.set(target.id, { ...target, voted: true });
  }
  return all ?? questions;
}

/**
 * What an earlier page says, below what is known already.
 *
 * @param {Questions} older
 * @param {Questions} questions
 * @returns {Questions}
 */
export function beneath(older, questions) {
  if (older.size === 0) return questions;
  const all = new Map(older);
  for (const [id, question] of questions) {
    const below = older.get(id);
    all.set(id, below ? joined(below, question) : question);
  }
  return all;
}

/**
 * @param {Questions} questions
 * @param {Record<string, number>} votes By question.
 * @returns {Questions}
 */
export function withVotes(questions, votes) {
  return changed(questions, Object.entries(votes).map(([id, count]) => [Number(id), { votes: count }]));
}

/**
 * @param {Questions} questions
 * @param {number} id
 * @param {Partial<Question>} change What is known beside the events: one's own vote, or that one asked it.
 * @returns {Questions}
 */
export function withChange(questions, id, change) {
  return changed(questions, [[id, change]]);
}

/**
 * Who is no host any more keeps what everybody may see.
 *
 * @param {Questions} questions
 * @returns {Questions}
 */
export function ofMembers(questions) {
  const isOfHosts = (/** @type {Question} */ { state, private: isPrivate, own }) =>
    !own && (isPrivate || state === "pending" || state === "dismissed");
  const kept = [...questions].filter(([, question]) => !isOfHosts(question));
  return kept.length === questions.size ? questions : new Map(kept);
}

/**
 * A question that is approved comes as a message to those who could not see it; whoever saw it where it was asked sees
 * it there.
 *
 * @template {{id: number, published: boolean}} Shown
 * @param {Shown[]} messages
 * @returns {Shown[]}
 */
export function withoutRepeats(messages) {
  if (!messages.some(({ published }) => published)) return messages;
  const asked = new Set(messages.filter(({ published }) => !published).map(({ id }) => id));
  return messages.filter(({ id, published }) => !published || !asked.has(id));
}

/**
 * Whether everything is known that a list of questions shows.
 *
 * @param {Question} question
 */
export function isTold({ text, state, votes, pinned }) {
  return text !== null && state !== null && votes !== null && pinned !== null;
}

/**
 * @param {Question | undefined} before
 * @param {QuestionEvent} event
 * @param {Me | null} me
 * @param {number} told
 * @returns {Question | undefined}
 */
function step(before, event, me, told) {
  // A deletion is for good, and stands in the messages of the history already.
  if (event.type === "chat.deleted") return before && tombstone(before);
  if (before && (before.deleted || before.asOf >= event.seq)) return before;
  const votes = event.seq > told ? 0 : null;
  switch (event.type) {
    case "chat.message":
      return asked(event, me, votes);
    case "question.published": {
      const { user, message_seq: seq, asked_at: at, id, text, anonymous, deleted } = event;
      const known = before ?? { ...UNTOLD, id, seq, votes, pinned: false, own: isOwn(user, me) };
      const question = { ...known, at, user, text: text ?? "", anonymous: anonymous === true, asOf: event.seq };
      const opened = /** @type {Question} */ ({ ...question, state: "open", how: null });
      return deleted === true ? tombstone(opened) : opened;
    }
    case "question.updated": {
      const known = before ?? { ...UNTOLD, id: event.id, seq: event.message_seq };
      const state = event.state === undefined ? {} : { state: event.state, how: event.how ?? null };
      const pinned = event.pinned === undefined ? {} : { pinned: event.pinned };
      const merged = event.merged_into === undefined ? {} : { mergedInto: event.merged_into };
      const counted = event.votes === undefined ? {} : { votes: event.votes };
      return { ...known, ...state, ...pinned, ...merged, ...counted, asOf: event.seq };
    }
  }
}

/**
 * @param {import("./frames.js").MessageEvent} event
 * @param {Me | null} me
 * @param {number | null} votes
 * @returns {Question}
 */
function asked({ id, seq, at, user, text, state, anonymous, private: isPrivate, deleted }, me, votes) {
  // What only its asker and the hosts may see is one's own, where one is no host.
  const isForMe = me !== null && !isHost(me.role) && (isPrivate === true || state === "pending");
  /** @type {Question} */
  const question = {
    ...UNTOLD, id, seq, at, user, text: text ?? "", votes, asOf: seq, state: state ?? "open", pinned: false,
    own: isForMe || isOwn(user, me), private: isPrivate === true, anonymous: anonymous === true,
  };
  return deleted === true ? tombstone(question) : question;
}

/** @param {import("./frames.js").Person | null} user @param {Me | null} me */
function isOwn(user, me) {
  return user !== null && user.id === me?.user.id;
}

/**
 * @param {QuestionRow} row
 * @param {number} asOf
 * @returns {Question}
 */
function questionOf(row, asOf) {
  const { id, seq, at, user, text, state, votes, voted, pinned } = row;
  return {
    id, seq, asOf, at, user, text, state, votes, voted, pinned, how: row.how ?? null, own: row.own === true,
    mergedInto: row.merged_into ?? null, private: row.private === true, anonymous: row.anonymous === true, deleted: false,
  };
}

/**
 * Two tellings of one question; what the newer one knows holds.
 *
 * @param {Question} older
 * @param {Question} newer
 * @returns {Question}
 */
function joined(older, newer) {
  const [source, asOf] = [newer.text === null ? older : newer, Math.max(older.asOf, newer.asOf)];
  const { at, user, text, private: isPrivate, anonymous } = source;
  const { state, how } = newer.state === null ? older : newer;
  return {
    ...newer, at, user, text, private: isPrivate, anonymous, state, how, asOf,
    votes: newer.votes ?? older.votes, voted: newer.votes === null ? older.voted : newer.voted,
    pinned: newer.pinned ?? older.pinned, mergedInto: newer.mergedInto ?? older.mergedInto, own: newer.own || older.own,
    deleted: newer.deleted || older.deleted,
  };
}

/**
 * @param {Questions} questions
 * @param {[number, Partial<Question>][]} changes Those to questions that are not known change nothing.
 * @returns {Questions}
 */
function changed(questions, changes) {
  const known = changes.flatMap(([id, change]) => {
    const question = questions.get(id);
    return question ? [/** @type {const} */ ([id, { ...question, ...change }])] : [];
  });
  return known.length === 0 ? questions : new Map([...questions, ...known]);
}

/** @param {Question} question @returns {Question} */
function tombstone(question) {
  return { ...question, text: "", deleted: true };
}

/** @param {ChannelEvent} event @returns {event is QuestionEvent} */
function isAboutQuestion(event) {
  if (event.type === "chat.message") return event.kind === "question";
  return ["chat.deleted", "question.published", "question.updated"].includes(event.type);
}

/**
 * Where a question stands in the journal. Its id may be another's when the hub has lost the end of its journal.
 *
 * @param {Questions} questions
 * @param {number | null} id
 * @returns {import("./outbox.js").Place | null} Null when it is not known.
 */
export function placeOf(questions, id) {
  const { seq, at } = questions.get(id ?? -1) ?? { seq: 0, at: null };
  return at === null ? null : { seq, at };
}
