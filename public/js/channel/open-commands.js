// @ts-check
/** The commands of one connection that wait for their replies: each has a `ref`, and ends exactly once. */

import { ChannelError } from "./channel-error.js";
import { encoded } from "./well-formed.js";

/**
 * @typedef {{resolve: (ok: unknown) => void, reject: (error: ChannelError) => void,
 *            timer: ReturnType<typeof setTimeout>}} Waiting
 */

export class OpenCommands {
  #lastRef = 0;
  /** @type {Map<number, Waiting>} By their refs. */
  #open = new Map();

  /**
   * @template {string} Type
   * @param {{send(text: string): void}} socket
   * @param {Type} type
   * @param {import("./frames.js").Fields} fields
   * @param {{afterMs: number, unanswered: () => void}} limit
   * @returns {Promise<import("./frames.js").Reply<Type>>} Rejects with a ChannelError.
   */
  send(socket, type, fields, { afterMs, unanswered }) {
    const ref = ++this.#lastRef;
    return new Promise((resolve, reject) => {
      // The ref stands first, where the hub still finds it in a frame that is cut off; no field takes its place.
      const text = encoded(Object.assign({ ref, type }, fields, { ref, type }));
      const timer = setTimeout(() => {
        this.#open.delete(ref);
        reject(new ChannelError({ code: "timeout" }));
        unanswered();
      }, afterMs);
      const answered = (/** @type {unknown} */ ok) => resolve(/** @type {import("./frames.js").Reply<Type>} */ (ok));
      this.#open.set(ref, { resolve: answered, reject, timer });
      socket.send(text);
    });
  }

  /** @param {import("./frames.js").ReplyFrame} frame */
  settle(frame) {
    // A frame that the hub could not read at all is refused without a ref. It was the only one on its way, or nobody
    // knows which one it was.
    const only = this.#open.size === 1 ? [...this.#open.keys()][0] : null;
    const ref = frame.ref ?? only;
    const waiting = ref === null ? undefined : this.#open.get(ref);
    if (!waiting || ref === null) return;
    this.#open.delete(ref);
    clearTimeout(waiting.timer);
    if (frame.error) waiting.reject(new ChannelError(frame.error));
    else waiting.resolve(frame.ok ?? {});
  }

  /** The connection is gone, and with it every reply that was to come. */
  abandon() {
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const { reject, timer } of open) {
      clearTimeout(timer);
      reject(new ChannelError({ code: "disconnected" }));
    }
  }
}
