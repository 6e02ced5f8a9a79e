// @ts-check
/** The state of one class as a client sees it: state in the welcome + later events = fresh state. Pure. */

import { withoutNames } from "./erased.js";
import { applyToMaterials, isAboutMaterials, noMaterials, ofWelcome } from "./materials.js";
import { isHost, meAmong } from "./me.js";
import { applyPresence, nobody } from "./presence.js";
import { applyToQuestions, beneath, noQuestions, ofMembers, withRows } from "./questions.js";

/**
 * @typedef {import("./presence.js").Presence} Presence
 * @typedef {import("./frames.js").Person} Person
 * @typedef {import("./frames.js").ChannelEvent} ChannelEvent
 * @typedef {import("./frames.js").LiveSession} LiveSession
 * @typedef {import("./frames.js").Me} Me
 * @typedef {import("./frames.js").Welcome} Welcome
 * @typedef {{seq: number, id: number, at: string, user: Person | null, kind: string, text: string,
 *            clientId: string | null, replyTo: number | null, anonymous: boolean, private: boolean,
 *            published: boolean, deleted: boolean}} Message
 *   `published`: a question that was approved, at the place of that step; it may stand where it was asked as well.
 * @typedef {{seq: number, userID: number, by: Person | null}} Call
 * @typedef {{seq: number, userID: number, role: string | null}} RoleChange
 * @typedef {Partial<Record<import("./frames.js").ModerationEvent["action"], string | null>>} Reasons
 * @typedef {{seq: number, at: string}} Witness  An event that one was shown.
 * @typedef {{seq: number, epoch: string | null, witness: Witness | null, earliest: number, sessionSeq: number,
 *            session: LiveSession | null, me: Me | null, messages: Message[],
 *            questions: import("./questions.js").Questions, materials: import("./materials.js").Materials,
 *            presence: Presence, hands: number[], called: Call | null, roleChange: RoleChange | null, typing: number[],
 *            moderation: import("./frames.js").Moderation | null, reasons: Reasons, degraded: boolean,
 *            limits: import("./frames.js").Limits}} ClassState
 *   `seq` is the position, and `witness` the newest event up to there that was shown; `earliest` the first seq that
 *   `messages` covers (1 = from the beginning); `session` already contains the events up to `sessionSeq`. `hands` are the
 *   ids of those whose hand is up, in the order of rising, and `called` is the last call to speak among the events that
 *   were read, `roleChange` the last time that somebody became co-host or was one no more; `moderation` is there for hosts
 *   only. `reasons` are those for which one was muted, removed or banned oneself, of the last act of each kind that was
 *   read.
 */

/** @returns {ClassState} */
export function emptyState() {
  return {
    seq: 0, epoch: null, witness: null, earliest: 1, sessionSeq: 0, session: null, me: null, messages: [],
    questions: noQuestions(), materials: noMaterials(), presence: nobody(), hands: [], called: null, roleChange: null,
    typing: [], moderation: null, reasons: {}, degraded: false, limits: {},
  };
}

/**
 * What a welcome says about everything but the chat's events.
 *
 * @param {ClassState} state
 * @param {Welcome} welcome
 * @returns {ClassState}
 */
export function applySnapshot(state, welcome) {
  const told = {
    ...state,
    sessionSeq: welcome.seq,
    session: welcome.session,
    me: welcome.me,
    typing: [],
    moderation: welcome.moderation ?? null,
    materials: ofWelcome(welcome),
    degraded: false,
    limits: welcome.limits ?? state.limits,
    questions: withRows(asRole(state, welcome.me), welcome.questions ?? [], welcome.seq),
  };
  return withPresence(told, welcome.presence ? applyPresence(nobody(), welcome.presence) : state.presence);
}

/**
 * Who is here now, which tells who one is oneself as well.
 *
 * @param {ClassState} state
 * @param {Presence} presence
 * @returns {ClassState}
 */
export function withPresence(state, presence) {
  const me = state.me && meAmong(presence.people, state.me);
  const moderation = me && !isHost(me.role) ? null : state.moderation;
  return { ...state, presence, hands: presence.hands, me, moderation, questions: me ? asRole(state, me) : state.questions };
}

/** @param {ClassState} state @param {Me} me Who one is from now on. */
function asRole({ me: before, questions }, me) {
  const isDemoted = !isHost(me.role) && before !== null && isHost(before.role);
  return isDemoted ? ofMembers(questions) : questions;
}

/**
 * A start from nothing: the newest events of the welcome, position as the welcome says.
 *
 * @param {ClassState} state
 * @param {Welcome} welcome
 * @returns {ClassState}
 */
export function startAfresh(state, welcome) {
  const events = welcome.events ?? [];
  const nothing = { ...state, questions: noQuestions(), messages: [], called: null, roleChange: null };
  const base = applySnapshot(nothing, welcome);
  const earliest = events.length > 0 ? events[0].seq : welcome.seq + 1;
  return { ...applyToChat(base, events), seq: welcome.seq, epoch: welcome.epoch, witness: newestShown(events), earliest };
}

/**
 * Whether there is anything to know one's journal by: nothing at all was read, or an event was shown.
 *
 * @param {ClassState} state
 */
export function hasProof({ seq, witness }) {
  return seq === 0 || witness !== null;
}

/**
 * Whether a journal may be the one that was read: where it shows the place of the witness, the very same event is there,
 * and nothing is seen behind it up to the position. A journal that has lost its end and has grown anew has others.
 *
 * @param {ClassState} state
 * @param {ChannelEvent[]} events Of the journal.
 */
export function isSameJournal({ seq, witness }, events) {
  if (witness === null) return true;
  return events.every((event) => {
    if (event.seq < witness.seq || event.seq > seq) return true;
    return event.seq === witness.seq ? event.type !== "withheld" && event.at === witness.at : event.type === "withheld";
  });
}

/**
 * @param {ChannelEvent[]} events Ascending.
 * @returns {Witness | null}
 */
function newestShown(events) {
  for (let index = events.length - 1; index >= 0; index -= 1) {
    const event = events[index];
    if (event.type !== "withheld") return { seq: event.seq, at: event.at };
  }
  return null;
}

/**
 * Whether `events` continue a position without a hole.
 *
 * @param {ChannelEvent[]} events
 * @param {number} position
 */
export function continues(events, position) {
  return events.every((event, index) => event.seq === position + 1 + index);
}

/**
 * Events of the stream: the chat and the session move on.
 *
 * @param {ClassState} state
 * @param {ChannelEvent[]} events Ascending, the first one at `state.seq + 1`.
 * @returns {ClassState}
 */
export function applyEvents(state, events) {
  if (events.length === 0) return state;
  const witness = newestShown(events) ?? state.witness;
  const moved = { ...applyToChat(state, events), seq: events[events.length - 1].seq, witness };
  return events.filter((event) => event.seq > state.sessionSeq).reduce(applyToSession, moved);
}

/**
 * An earlier page of the chat, put in front.
 *
 * @param {ClassState} state
 * @param {ChannelEvent[]} events Ascending, all before `state.earliest`.
 * @param {boolean} more Whether there is anything before them.
 * @returns {ClassState}
 */
export function prependHistory(state, events, more) {
  const older = events.filter((event) => event.seq < state.earliest);
  const page = applyToChat({ ...state, messages: [], questions: noQuestions() }, older);
  return {
    ...state,
    earliest: more && older.length > 0 ? older[0].seq : 1,
    messages: [...page.messages, ...state.messages],
    questions: beneath(page.questions, state.questions),
  };
}

/**
 * Forgets all but the newest `keep` messages; what is dropped can be read again by history.
 *
 * @param {ClassState} state
 * @param {number} keep
 * @returns {ClassState}
 */
export function trimChat(state, keep) {
  if (state.messages.length <= keep) return state;
  const messages = state.messages.slice(-keep);
  return { ...state, messages, earliest: messages[0].seq };
}

/**
 * @param {ClassState} state
 * @param {ChannelEvent[]} events
 * @returns {ClassState}
 */
function applyToChat(state, events) {
  const messages = [...state.messages];
  const questions = applyToQuestions(state.questions, events, { me: state.me, told: state.sessionSeq });
  let { called, roleChange, reasons } = state;
  for (const event of events) {
    if (event.type === "chat.message") {
      messages.push(messageOf(event));
    } else if (event.type === "question.published") {
      messages.push(publishedMessage(event));
    } else if (event.type === "hand.called") {
      called = { seq: event.seq, userID: event.user_id, by: event.by ?? null };
    } else if (event.type === "role.changed") {
      roleChange = { seq: event.seq, userID: event.user_id, role: event.role };
    } else if (event.type === "moderation.updated" && event.user_id === state.me?.user.id) {
      reasons = { ...reasons, [event.action]: event.reason ?? null };
    } else if (event.type === "chat.deleted") {
      messages.forEach((message, index) => {
        if (message.id === event.id) messages[index] = tombstone(message);
      });
    }
  }
  return withoutNames({ ...state, messages, questions, called, roleChange, reasons }, events);
}

/**
 * @param {ClassState} state
 * @param {ChannelEvent} event
 * @returns {ClassState}
 */
function applyToSession(state, event) {
  if (!state.session || event.type === "withheld") return state;
  if (event.type === "moderation.updated") return moderated(state, event);
  if (isAboutMaterials(event)) return { ...state, materials: applyToMaterials(state.materials, event) };
  const changes = changesBy(event);
  if (!changes) return state;
  return { ...state, session: { ...state.session, ...changes, updated_at: event.at } };
}

/**
 * What a host did to somebody: oneself, or, for hosts, anybody.
 *
 * @param {ClassState} state
 * @param {import("./frames.js").ModerationEvent} event
 * @returns {ClassState}
 */
function moderated(state, event) {
  const { action, user_id: user } = event;
  const until = event.until ?? null;
  let { me, moderation } = state;
  if (me && me.user.id === user && action === "mute") me = { ...me, muted: { until } };
  if (me && me.user.id === user && action === "unmute") me = { ...me, muted: null };
  if (moderation) {
    const muted = moderation.muted.filter((one) => one.user_id !== user || !["mute", "unmute"].includes(action));
    const banned = moderation.banned.filter((one) => one !== user || !["ban", "unban"].includes(action));
    if (action === "mute") muted.push({ user_id: user, until });
    if (action === "ban") banned.push(user);
    moderation = { muted, banned };
  }
  return { ...state, me, moderation };
}

/**
 * The fields of the session that an event sets beside `updated_at`: the table "From state to state" of Protocol.md.
 *
 * @param {ChannelEvent} event
 * @returns {Partial<LiveSession> | null} Null for an event that is not about the session.
 */
function changesBy(event) {
  switch (event.type) {
    case "session.started":
      return { status: "live", actual_start_at: event.actual_start_at };
    case "session.updated":
      return event.changes;
    case "session.ending":
      return { ending_at: event.ends_at ?? null };
    case "session.ended": {
      const { actual_end_at, ended_by, recording_url } = event;
      const recording = recording_url === undefined ? {} : { recording_url };
      return { status: "ended", actual_end_at, ended_by, ending_at: null, ...recording };
    }
    case "session.reopened":
      return { status: "live", actual_end_at: null, ended_by: null };
    case "session.cancelled":
      return { status: "cancelled" };
    default:
      return null;
  }
}

/**
 * @param {import("./frames.js").MessageEvent} event
 * @returns {Message}
 */
function messageOf(event) {
  return {
    seq: event.seq,
    id: event.id,
    at: event.at,
    user: event.user,
    kind: event.kind,
    text: event.text ?? "",
    clientId: event.client_id ?? null,
    replyTo: event.reply_to ?? null,
    anonymous: event.anonymous === true,
    private: event.private === true,
    published: false,
    deleted: event.deleted === true,
  };
}

/**
 * @param {import("./frames.js").PublishedEvent} event
 * @returns {Message}
 */
function publishedMessage({ seq, id, asked_at: at, user, text = "", anonymous = false, deleted = false }) {
  return {
    seq, id, at, user, kind: "question", text, clientId: null, replyTo: null, anonymous, private: false, published: true, deleted,
  };
}

/**
 * @param {Message} message
 * @returns {Message}
 */
function tombstone(message) {
  return { ...message, text: "", clientId: null, deleted: true };
}
