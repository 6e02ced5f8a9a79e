// @ts-check
/** Follows the durable events from an exact position: nothing twice, nothing missing. The history fills holes. */

import { ChannelError } from "./channel-error.js";
import { applyEvents, applySnapshot, continues, hasProof, isSameJournal, prependHistory, startAfresh } from "./class-state.js";
import { withRows, withVotes } from "./questions.js";

/**
 * @typedef {import("./class-state.js").ChannelEvent} ChannelEvent
 * @typedef {import("./frames.js").EventsFrame} EventsFrame
 * @typedef {{votes: Record<string, number>, asOf: number}} Counts  Of votes, newer than every event up to the seq `asOf`.
 */

const HISTORY_PAGE = 200;
const BUSY_WAIT_MS = 1_000;
/** What a message of the history is without its text. */
const TOMBSTONE = { text: undefined, client_id: undefined, deleted: true };

export class EventStream {
  #state;
  #connection;
  #applied;
  /** @type {(EventsFrame | Counts)[] | null} What arrives while a gap is being filled. */
  #held = null;
  /** The newest seq that the server has shown on this connection. */
  #shown = 0;
  /** @type {Set<number>} Ids of messages that were deleted while we were here. */
  #deleted = new Set();

  /**
   * @param {import("./observed-state.js").ObservedState} state
   * @param {import("./connection.js").Connection} connection
   * @param {(events: ChannelEvent[], isAfresh: boolean) => void} applied Told of every batch of events, once the state
   *   contains it; `isAfresh` when it is all that is known from now on.
   */
  constructor(state, connection, applied) {
    this.#state = state;
    this.#connection = connection;
    this.#applied = applied;
  }

  get #position() {
    return this.#state.current.seq;
  }

  /** @param {import("./frames.js").Welcome} welcome */
  welcomed(welcome) {
    const before = this.#state.current;
    this.#held = null;
    this.#shown = welcome.seq;
    const events = welcome.events ?? [];
    const mayContinue = before.epoch === welcome.epoch && before.seq <= welcome.seq && hasProof(before);
    const isKnown = mayContinue && isSameJournal(before, events);
    const reaches = continues(events, before.seq) && before.seq + events.length === welcome.seq;
    const isWhole = isKnown && welcome.resumed === true && reaches;
    const snapshot = () => applySnapshot(before, welcome);
    const state = isWhole ? applyEvents(snapshot(), events) : isKnown ? snapshot() : startAfresh(before, welcome);
    this.#state.become(state, "messages", "session", "people", "typing");
    // Ids of another journal are those of other messages.
    if (!isKnown && before.epoch !== null) this.#deleted.clear();
    // What a journal shows that is not yet known to be ours says nothing of our posts: the history tells the same later.
    if (isKnown && !isWhole) this.#fillGap(welcome.seq, before.witness ? before.witness.seq - 1 : before.seq);
    else this.#seen(events, !isKnown);
  }

  /** @param {EventsFrame} frame */
  received(frame) {
    this.#shown = Math.max(this.#shown, frame.seq);
    if (this.#held) {
      this.#held.push(frame);
      return;
    }
    const events = frame.events.filter((event) => event.seq > this.#position);
    if (!continues(events, this.#position) || frame.seq > this.#position + events.length) {
      this.#fillGap(frame.seq);
      return;
    }
    this.#apply(events);
  }

  /**
   * Counts of votes. While a gap is being filled they may be of questions whose events are not here yet: they are kept,
   * and said once more in their place among the frames.
   *
   * @param {Record<string, number>} votes By question.
   */
  counted(votes, asOf = this.#shown) {
    this.#held?.push({ votes, asOf });
    const { current } = this.#state;
    this.#state.become({ ...current, questions: withVotes(current.questions, votes) });
  }

  /** The connection is gone: the next welcome begins anew from the position that was reached. */
  lost() {
    this.#held = null;
  }

  /** @param {number} limit How many events of the chat before the earliest one that is known. */
  async loadEarlier(limit) {
    const before = this.#state.current.earliest;
    if (before <= 1) return;
    const page = await this.#connection.request("history", { before_seq: before, limit });
    if (before === this.#state.current.earliest) this.#prepend(page.events, page.more === true);
  }

  /**
   * An earlier page that was read in another way than by the channel.
   *
   * @param {ChannelEvent[]} events Ascending.
   * @param {boolean} more
   */
  adopt(events, more) {
    const { epoch, messages } = this.#state.current;
    const isUnread = epoch === null && messages.length === 0;
    if (isUnread) this.#state.become({ ...this.#state.current, earliest: Infinity });
    this.#prepend(events, more);
  }

  /**
   * Questions that were read in another way than by the channel.
   *
   * @param {import("./frames.js").QuestionRow[]} rows
   * @param {import("./class-state.js").ClassState} before The state when they were asked for.
   */
  adoptQuestions(rows, before) {
    const { current } = this.#state;
    // Another epoch is another journal: what was asked for before it says nothing of this one.
    if (before.epoch !== current.epoch) return;
    const alive = rows.filter(({ id }) => !this.#deleted.has(id));
    this.#state.become({ ...current, questions: withRows(current.questions, alive, before.seq, before.questions) });
  }

  /**
   * Whether a question is still the one that somebody answers: behind a lost end of the journal its id may be another's.
   *
   * @param {number} id
   * @param {import("./outbox.js").Place} place Where it stood.
   */
  async isStillThere(id, { seq, at }) {
    const known = this.#state.current.questions.get(id);
    if (known?.seq === seq && known.at === at) return true;
    const { events } = await this.#connection.request("history", { after_seq: seq - 1, limit: 1 });
    return events.some((event) => event.type === "chat.message" && event.id === id && event.seq === seq && event.at === at);
  }

  /**
   * A page may have been read before a deletion that has reached us before the page: it must not bring the text back.
   *
   * @param {ChannelEvent[]} page
   * @param {boolean} more
   */
  #prepend(page, more) {
    const isLate = (/** @type {ChannelEvent} */ event) =>
      (event.type === "chat.message" || event.type === "question.published") && this.#deleted.has(event.id);
    const events = page.map((event) => (isLate(event) ? { ...event, ...TOMBSTONE } : event));
    this.#state.become(prependHistory(this.#state.current, events, more), "messages");
  }

  /** @param {ChannelEvent[]} events */
  #apply(events) {
    this.#state.become(applyEvents(this.#state.current, events), "messages", "session");
    this.#seen(events);
  }

  /** @param {ChannelEvent[]} events @param {boolean} [isAfresh] */
  #seen(events, isAfresh = false) {
    for (const event of events) if (event.type === "chat.deleted") this.#deleted.add(event.id);
    this.#applied(events, isAfresh);
  }

  /**
   * Pages the history from our position until nothing is missing; live frames wait meanwhile. A history that has holes
   * itself, or in which our witness is not found, makes the client start from nothing.
   *
   * @param {number} target The seq that the server has shown us.
   * @param {number} [after] Where to begin: before our witness, when the journal may be another one.
   */
  async #fillGap(target, after = this.#position) {
    /** @type {(EventsFrame | Counts)[]} */
    const held = [];
    this.#held = held;
    /** @type {Map<number, number>} Of questions, the seq of the last event in the history that has a count of its own. */
    const told = new Map();
    try {
      for (let more = true; more || this.#position < target; ) {
        const page = await this.#laterPage(after);
        if (this.#held !== held) return;
        const hasHoles = !continues(page.events, after);
        const isShort = page.events.length === 0 && this.#position < target;
        const isOther = !isSameJournal(this.#state.current, page.events);
        if (isOther) this.#deleted.clear();
        if (hasHoles || isShort || isOther) throw new ChannelError({ code: "resync" });
        after += page.events.length;
        this.#apply(page.events.filter((event) => event.seq > this.#position));
        for (const event of page.events) {
          if (event.type === "question.updated" && event.votes !== undefined) told.set(event.id, event.seq);
        }
        more = page.more === true && page.events.length > 0;
      }
      this.#held = null;
      for (const frame of held) {
        if ("votes" in frame) this.counted(newest(frame, told), frame.asOf);
        else this.received(frame);
      }
    } catch (error) {
      const isLost = error instanceof ChannelError && error.code === "disconnected";
      if (this.#held !== held || isLost) return;
      this.#held = null;
      this.#state.become({ ...this.#state.current, epoch: null });
      this.#connection.reconnect();
    }
  }

  /**
   * The history after a position; a hub that is busy is asked again.
   *
   * @param {number} after
   */
  async #laterPage(after) {
    const limit = Number(this.#state.current.limits.history) || HISTORY_PAGE;
    for (;;) {
      try {
        return await this.#connection.request("history", { after_seq: after, limit });
      } catch (error) {
        const refusal = error instanceof ChannelError ? error : null;
        if (!refusal?.passes || refusal.code === "disconnected") throw error;
        await new Promise((resolve) => setTimeout(resolve, refusal.retryAfterMs ?? BUSY_WAIT_MS));
      }
    }
  }
}

/**
 * @param {Counts} counts
 * @param {ReadonlyMap<number, number>} told Where, by question, an event has told a count.
 * @returns {Record<string, number>} Those that no later event has told anew.
 */
function newest({ votes, asOf }, told) {
  return Object.fromEntries(Object.entries(votes).filter(([id]) => (told.get(Number(id)) ?? 0) <= asOf));
}
