// @ts-check
/** Posts that are not yet seen in the stream. Each keeps its `client_id`, so sending it again never doubles it. */

/**
 * @typedef {{clientId: string, kind: string, text: string, replyTo: number | null, anonymous: boolean, at: string,
 *            status: "queued" | "sending" | "stored" | "failed", seq: number | null,
 *            error: {code: string, message?: string} | null}} PendingPost
 *   `stored`: acknowledged with its `seq`, the event is on its way.
 * @typedef {{load(): PendingPost[], save(posts: PendingPost[]): void}} OutboxStore
 */

export class Outbox {
  /** @type {PendingPost[]} In the order of writing. */
  #posts;
  #store;

  /** @param {OutboxStore | null} store Where unsent posts survive a reload. */
  constructor(store = null) {
    this.#store = store;
    this.#posts = (store?.load() ?? []).map(queuedAgain);
  }

  /** @returns {readonly PendingPost[]} */
  get posts() {
    return this.#posts;
  }

  /**
   * @param {{kind: string, text: string, replyTo?: number | null, anonymous?: boolean}} post
   * @param {string} at The moment of writing, for display only.
   * @returns {PendingPost}
   */
  add(post, at) {
    /** @type {PendingPost} */
    const pending = {
      clientId: randomID(), kind: post.kind, text: post.text, replyTo: post.replyTo ?? null,
      anonymous: post.anonymous === true, at, status: "queued", seq: null, error: null,
    };
    this.#keep([...this.#posts, pending]);
    return pending;
  }

  /** @returns {PendingPost | null} The oldest post that waits to be sent. */
  next() {
    return this.#posts.find((post) => post.status === "queued") ?? null;
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

  /** After a lost connection: what was on its way is sent again. */
  requeue() {
    this.#keep(this.#posts.map(queuedAgain));
  }

  /**
   * Drops what the stream has shown.
   *
   * @param {number} position The client's seq.
   * @param {Set<string>} seen The client_ids of one's own messages in the events just applied.
   */
  settle(position, seen) {
    const open = this.#posts.filter(
      (post) => !seen.has(post.clientId) && !(post.status === "stored" && (post.seq ?? 0) <= position),
    );
    if (open.length !== this.#posts.length) this.#keep(open);
  }

  /** @param {PendingPost[]} posts */
  #keep(posts) {
    this.#posts = posts;
    this.#store?.save(posts);
  }
}

/**
 * @param {PendingPost} post
 * @returns {PendingPost}
 */
function queuedAgain(post) {
  return post.status === "sending" ? { ...post, status: "queued" } : post;
}

/** 128 random bits in hex. `crypto.randomUUID` exists only in secure contexts, a class on a LAN may have none. */
function randomID() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
