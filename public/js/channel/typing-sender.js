// @ts-check
/** Says that the person is writing, no oftener than others need to hear it. */

const REPEAT_MS = 4_000;
/** As long as the hub tells it after the last word about it. */
const SEEN_MS = 6_000;

export class TypingSender {
  #connection;
  #now;
  #sentAt = -Infinity;

  /** @param {import("./connection.js").Connection} connection @param {() => number} now */
  constructor(connection, now) {
    this.#connection = connection;
    this.#now = now;
  }

  /** Whether others may still see this person writing. */
  get isSeen() {
    return this.#now() - this.#sentAt < SEEN_MS;
  }

  typing() {
    if (!this.#connection.isOpen || this.#now() - this.#sentAt < REPEAT_MS) return;
    this.#sentAt = this.#now();
    this.#send(true);
  }

  stopped() {
    if (!this.#connection.isOpen || this.#sentAt === -Infinity) return;
    this.forget();
    this.#send(false);
  }

  /** The hub has ended it by itself: with a post, or with the connection. */
  forget() {
    this.#sentAt = -Infinity;
  }

  /** @param {boolean} on */
  #send(on) {
    // Typing is a courtesy: a refusal changes nothing that anybody could act on.
    this.#connection.request("typing", { on }).catch(() => undefined);
  }
}
