// @ts-check
/** Posts that are not yet seen in the stream. Each keeps its `client_id`, so sending it again never doubles it. */

import { wellFormed } from "./well-formed.js";

/** So often a post is sent without any answer before it is given up. */
export const MOST_UNANSWERED = 4;
/** A post that has gone unanswered so often lets the later ones pass: it may be the post and not the network. */
const LETS_PASS_AFTER = 2;

/**
 * @typedef {{clientId: string, kind: string, text: string, replyTo: number | null, anonymous: boolean,
 *            private: boolean, at: string, status: "queued" | "sending" | "stored" | "failed", seq: number | null,
 *            unanswered: number, error: {code: string, message?: string} | null}} PendingPost
 *   `stored`: acknowledged with its `seq`, the event is on its way. `unanswered`: how often it was sent in vain, with no
 *   reply that could be told to be its own; refusals that pass (too fast, no disk) do not count.
 * @typedef {{load(): PendingPost[], save(posts: PendingPost[]): void}} OutboxStore
 */

export class Outbox {
  /** @type {PendingPost[]} In the order of writing. */
  #posts;
  #store;

  /** @param {OutboxStore | null} store Where unsent posts survive a reload. */
  constructor(store = null) {
    this.#store = store;
    this.#posts = (store?.load() ?? []).map(restored).map(queuedAgain);
  }

  /** @returns {readonly PendingPost[]} */
  get posts() {
    return this.#posts;
  }

  /**
   * @param {{kind: string, text: string, replyTo?: number | null, anonymous?: boolean, private?: boolean}} post
   * @param {string} at The moment of writing, for display only.
   * @returns {PendingPost}
   */
  add(post, at) {
    /** @type {PendingPost} */
    const pending = {
      clientId: randomID(), kind: post.kind, text: wellFormed(post.text), replyTo: post.replyTo ?? null,
      anonymous: post.anonymous === true, private: post.private === true, at, status: "queued", seq: null, unanswered: 0, error: null,
    };
    this.#keep([...this.#posts, pending]);
    return pending;
  }

  /** @returns {PendingPost | null} The oldest post that waits to be sent, one that is doubtful only after the others. */
  next() {
    const waiting = this.#posts.filter((post) => post.status === "queued");
    return waiting.find((post) => post.unanswered < LETS_PASS_AFTER) ?? waiting[0] ?? null;
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
   * Drops what the stream has shown.
   *
   * @param {number} position The client's seq.
   * @param {import("./frames.js").ChannelEvent[]} events Just applied.
   * @param {number | undefined} ownID Whose messages these posts become; nobody's, when they are anonymous.
   */
  settle(position, events, ownID) {
    /** @type {Set<string | null | undefined>} */
    const seen = new Set();
    for (const event of events) {
      if (event.type === "chat.message" && (!event.user || event.user.id === ownID)) seen.add(event.client_id);
    }
    const open = this.#posts.filter(
      (post) => !seen.has(post.clientId) && !(post.status === "stored" && (post.seq ?? 0) <= position),
    );
    if (open.length !== this.#posts.length) this.#keep(open);
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

  /** @param {PendingPost[]} posts */
  #keep(posts) {
    this.#posts = posts;
    this.#store?.save(posts);
  }
}

/**
 * A post after an attempt that nobody answered: it waits for the next one, or is given up.
 *
 * @param {PendingPost} post
 * @returns {PendingPost}
 */
function queuedAgain(post) {
  if (post.status !== "sending") return post;
  const unanswered = post.unanswered + 1;
  if (unanswered < MOST_UNANSWERED) return { ...post, status: "queued", unanswered };
  return { ...post, status: "failed", unanswered, error: { code: "no_answer" } };
}

/**
 * What an older page has kept, in today's form.
 *
 * @param {PendingPost} post
 * @returns {PendingPost}
 */
function restored(post) {
  return { ...post, text: wellFormed(post.text), private: post.private === true, unanswered: post.unanswered ?? 0 };
}

/** 128 random bits in hex. `crypto.randomUUID` exists only in secure contexts, a class on a LAN may have none. */
export function randomID() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
