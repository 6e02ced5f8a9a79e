// @ts-check
/** Sends the outbox, one post after the other, so that the order of writing is the order of the chat. */

import { ChannelError } from "./channel-error.js";

const PASSING_WAIT_MS = 2_000;

export class PostSender {
  #outbox;
  #connection;
  #isStillThere;
  #changed;
  #running = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {import("./outbox.js").Outbox} outbox
   * @param {import("./connection.js").Connection} connection
   * @param {(id: number, place: import("./outbox.js").Place) => Promise<boolean>} isStillThere Whether a question is
   *   still the one that stood there; rejects with a ChannelError.
   * @param {() => void} changed Called after every change of the outbox.
   */
  constructor(outbox, connection, isStillThere, changed) {
    this.#outbox = outbox;
    this.#connection = connection;
    this.#isStillThere = isStillThere;
    this.#changed = changed;
  }

  /** Sends what waits, if the connection is open. May be called at any time. */
  async run() {
    if (this.#running) return;
    this.#running = true;
    clearTimeout(this.#timer);
    try {
      for (let post = this.#outbox.next(); post && this.#connection.isOpen; post = this.#outbox.next()) {
        const pauseMs = await this.#send(post);
        if (pauseMs === null) continue;
        this.#timer = setTimeout(() => this.run(), pauseMs);
        return;
      }
      const waitMs = this.#outbox.waitMs;
      if (waitMs !== null && this.#connection.isOpen) this.#timer = setTimeout(() => this.run(), waitMs + 1);
    } finally {
      this.#running = false;
    }
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /**
   * @param {import("./outbox.js").PendingPost} post
   * @returns {Promise<number | null>} How long to wait before the next attempt, null = go on.
   */
  async #send({ clientId, kind, text, replyTo, question, anonymous, private: isPrivate }) {
    this.#outbox.update(clientId, { status: "sending" });
    const fields = {
      client_id: clientId, kind, text, ...(replyTo === null ? {} : { reply_to: replyTo }),
      ...(anonymous ? { anonymous } : {}), ...(isPrivate ? { private: true } : {}),
    };
    try {
      if (replyTo !== null && question && !(await this.#isStillThere(replyTo, question))) {
        throw new ChannelError({ code: "message_not_found" });
      }
      const ok = kind === "announcement"
        ? await this.#connection.request("chat.announce", { client_id: clientId, text })
        : await this.#connection.request("chat.post", fields);
      this.#outbox.update(clientId, { status: "stored", id: ok.id, seq: ok.seq });
      this.#changed();
      return null;
    } catch (error) {
      const refusal = error instanceof ChannelError ? error : new ChannelError({ code: "internal" });
      const { code, message, passes, isAnswer } = refusal;
      if (!isAnswer) this.#outbox.requeue();
      else this.#outbox.update(clientId, passes ? { status: "queued" } : { status: "failed", error: { code, message } });
      this.#changed();
      if (!passes) return null;
      return isAnswer ? (refusal.retryAfterMs ?? PASSING_WAIT_MS) : PASSING_WAIT_MS;
    }
  }
}
