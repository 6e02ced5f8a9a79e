// @ts-check
/**
 * Posts that are not yet seen in the stream, and for a while those that were. Each keeps its `client_id`, so sending it
 * again never doubles it: a hub that has lost the end of its journal is sent once more what it had acknowledged.
 */

import { wellFormed } from "./well-formed.js";

/** So often a post is sent without any answer before it is given up. */
export const MOST_UNANSWERED = 4;
/** A post that has gone unanswered so often lets the later ones pass: it may be the post and not the network. */
const LETS_PASS_AFTER = 2;
/** No journal loses more than its last moments, and none of those who wrote is asked to keep more. */
const KEPT_MS = 120_000;
/** What a page finds when it is loaded may be of before a long outage. */
const KEPT_OVER_LOAD_MS = 3_600_000;

/**
 * @typedef {{seq: number, at: string}} Place
 * @typedef {{clientId: string, kind: string, text: string, replyTo: number | null, question: Place | null,
 *            anonymous: boolean, private: boolean, at: string, status: "queued" | "sending" | "stored" | "failed",
 *            id: number | null, seq: number | null, storedAt: number | null, notBefore: number, unanswered: number,
 *            error: {code: string, message?: string} | null}} PendingPost
 *   `question`: where that which it answers stands, if it was known. `stored`: acknowledged with its `id` and `seq`, the
 *   event is on its way, or, once there is a `storedAt` (ms since 1970), was seen. `unanswered`: how often it was sent in
 *   vain, with no reply that could be told to be its own; refusals that pass (too fast, no disk) do not count.
 * @typedef {{load(): PendingPost[], save(posts: PendingPost[]): void}} OutboxStore
 */

export class Outbox {
  /** @type {PendingPost[]} In the order of writing. */
  #posts;
  /** @type {PendingPost[]} Those of the last moments that were seen in the stream, in the order of writing. */
  #seen;
  #store;
  #now;
  #random;

  /**
   * @param {OutboxStore | null} store Where posts survive a reload.
   * @param {() => number} now
   * @param {() => number} random
   */
  constructor(store = null, now = Date.now, random = Math.random) {
    this.#store = store;
    this.#now = now;
    this.#random = random;
    const posts = (store?.load() ?? []).map(restored).map(queuedAgain);
    this.#posts = posts.filter(({ storedAt }) => storedAt === null);
    this.#seen = posts.filter(({ storedAt }) => storedAt !== null);
    this.expire(KEPT_OVER_LOAD_MS);
  }

  /** @returns {readonly PendingPost[]} Those that are not seen in the stream. */
  get posts() {
    return this.#posts;
  }

  /**
   * @param {{kind: string, text: string, replyTo?: number | null, question?: Place | null, anonymous?: boolean,
   *          private?: boolean}} post
   * @param {string} at The moment of writing, for display only.
   * @returns {PendingPost}
   */
  add(post, at) {
    /** @type {PendingPost} */
    const pending = {
      clientId: randomID(), kind: post.kind, text: wellFormed(post.text), replyTo: post.replyTo ?? null,
      question: post.question ?? null, anonymous: post.anonymous === true, private: post.private === true, at,
      status: "queued", id: null, seq: null, storedAt: null, notBefore: 0, unanswered: 0, error: null,
    };
    this.#keep([...this.#posts, pending]);
    return pending;
  }

  /** @returns {PendingPost | null} The oldest post that waits to be sent, one that is doubtful only after the others. */
  next() {
    const now = this.#now();
    const waiting = this.#posts.filter((post) => post.status === "queued" && post.notBefore <= now);
    return waiting.find((post) => post.unanswered < LETS_PASS_AFTER) ?? waiting[0] ?? null;
  }

  /** @returns {number | null} In how many ms a post may be sent that may not yet be. */
  get waitMs() {
    const now = this.#now();
    const later = this.#posts.filter((post) => post.status === "queued" && post.notBefore > now);
    return later.length > 0 ? Math.min(...later.map((post) => post.notBefore)) - now : null;
  }

  /**
   * @param {string} clientId
   * @param {Partial<PendingPost>} change
   */
  update(clientId, change) {
    this.#keep(this.#posts.map((post) => (post.clientId === clientId ? { ...post, ...change } : post)));
  }

  /** @param {string} clientId */
  remove(clientId) {
    this.#keep(this.#posts.filter((post) => post.clientId !== clientId));
  }

  /** After a lost connection or an answer that never came: what was on its way is sent again, but not for ever. */
  requeue() {
    this.#keep(this.#posts.map(queuedAgain));
  }

  /**
   * The journal may have lost its end: what was acknowledged lately waits to be sent once more, before everything that
   * was written later. What the events of the new journal show is settled by them, and of the rest the hub knows by its
   * `client_id` what it has, also of what was deleted since, which no event shows.
   */
  doubt() {
    const stored = this.#seen.map(unstored);
    this.#seen = [];
    const posts = [...stored, ...this.#posts.map((post) => (post.status === "stored" ? unstored(post) : post))];
    const from = this.#now();
    // Among the named ones of the same moment an anonymous one would have its author's name around it.
    this.#keep(posts.map((post) => (post.anonymous ? { ...post, notBefore: from + this.#laterMs() } : post)));
  }

  /**
   * Forgets what was acknowledged long ago. Not called while there is no connection: a loss is of the time before.
   *
   * @param {number} [age] In ms. What seems to be of the future is of a clock that was set back.
   */
  expire(age = KEPT_MS) {
    const now = this.#now();
    const kept = this.#seen.filter(({ storedAt }) => storedAt !== null && storedAt > now - age && storedAt < now + KEPT_MS);
    if (kept.length === this.#seen.length) return;
    this.#seen = kept;
    this.#keep(this.#posts);
  }

  /**
   * Drops what the stream has shown.
   *
   * @param {number} position The client's seq.
   * @param {import("./frames.js").ChannelEvent[]} events Just applied.
   * @param {number | undefined} ownID Whose messages these posts become; nobody's, when they are anonymous.
   */
  settle(position, events, ownID) {
    /** @type {Map<string | null | undefined, number>} */
    const shown = new Map();
    /** @type {Set<number | null>} */
    const deleted = new Set();
    for (const event of events) {
      if (event.type === "chat.deleted") deleted.add(event.id);
      if (event.type !== "chat.message") continue;
      if (event.deleted) deleted.add(event.id);
      else if (!event.user || event.user.id === ownID) shown.set(event.client_id, event.id);
    }
    const isOver = (/** @type {PendingPost} */ { clientId, status, seq }) =>
      shown.has(clientId) || (status === "stored" && (seq ?? 0) <= position);
    const over = this.#posts.filter(isOver).map((post) => {
      const id = shown.get(post.clientId) ?? post.id;
      return /** @type {PendingPost} */ ({ ...post, status: "stored", id, storedAt: this.#now() });
    });
    const seen = [...this.#seen, ...over].filter(({ id }) => !deleted.has(id));
    if (over.length === 0 && seen.length === this.#seen.length) return;
    this.#seen = seen;
    this.#keep(this.#posts.filter((post) => !isOver(post)));
  }

  /**
   * @param {import("./frames.js").ChannelEvent[]} events
   * @returns {number[]} The ids of questions that were asked here; events name no asker of an anonymous one.
   */
  questionsAmong(events) {
    const clientIds = new Set(this.#posts.map((post) => post.clientId));
    return events.flatMap((event) =>
      event.type === "chat.message" && event.kind === "question" && clientIds.has(event.client_id ?? "") ? [event.id] : []);
  }

  /** 5 to 60 s. */
  #laterMs() {
    return 5_000 + this.#random() * 55_000;
  }

  /** @param {PendingPost[]} posts */
  #keep(posts) {
    this.#posts = posts;
    this.#store?.save([...this.#seen, ...posts]);
  }
}

/**
 * A post after an attempt that nobody answered: it waits for the next one, or is given up.
 *
 * @param {PendingPost} post
 * @returns {PendingPost}
 */
function queuedAgain(post) {
  // The event of an acknowledged one may be what a hub has lost. When it has it, it says so by the client_id.
  if (post.status === "stored" && post.storedAt === null) return { ...post, status: "queued", id: null, seq: null };
  if (post.status !== "sending") return post;
  const unanswered = post.unanswered + 1;
  if (unanswered < MOST_UNANSWERED) return { ...post, status: "queued", unanswered };
  return { ...post, status: "failed", unanswered, error: { code: "no_answer" } };
}

/**
 * A post that was acknowledged, as if it had never been. An answer to a question that cannot be known again is not sent:
 * by now its id may be that of another one.
 *
 * @param {PendingPost} post
 * @returns {PendingPost}
 */
function unstored(post) {
  /** @type {PendingPost} */
  const again = { ...post, status: "queued", id: null, seq: null, storedAt: null, unanswered: 0 };
  if (post.replyTo === null || post.question !== null) return again;
  return { ...again, status: "failed", error: { code: "message_not_found" } };
}

/**
 * What an older page has kept, in today's form.
 *
 * @param {PendingPost} post
 * @returns {PendingPost}
 */
function restored(post) {
  const { question = null, id = null, storedAt = null, notBefore = 0, unanswered = 0 } = post;
  return { ...post, text: wellFormed(post.text), private: post.private === true, question, id, storedAt, notBefore, unanswered };
}

/** 128 random bits in hex. `crypto.randomUUID` exists only in secure contexts, a class on a LAN may have none. */
export function randomID() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
