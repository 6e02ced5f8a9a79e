// @ts-check
/** Why a command has failed: what the hub has replied, or that its reply never came. */

const PASSING = new Set(["disconnected", "rate_limited", "slow_mode", "store_unavailable", "timeout"]);

/** An error reply, or a reply that never came (`disconnected`, `timeout`, `resync`). */
export class ChannelError extends Error {
  /** @param {import("./frames.js").ReplyError} error */
  constructor(error) {
    super(error.message ?? error.code);
    this.name = "ChannelError";
    this.code = error.code;
    this.retryAfterMs = error.retry_after_ms ?? null;
    this.field = error.field ?? null;
  }

  /** Whether the same command may succeed later, without anybody's doing. */
  get passes() {
    return PASSING.has(this.code);
  }

  /** Whether the hub has said so; otherwise its reply never came. */
  get isAnswer() {
    return this.code !== "disconnected" && this.code !== "timeout";
  }
}
