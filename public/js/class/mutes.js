// @ts-check
/** Which mutes hold now. The end of one comes by the clock, without a word of the hub. */

/** @typedef {import("../channel/frames.js").Mute} Mute */

/** The longest that a timer of a browser waits. */
const LONGEST_MS = 0x7fffffff;
/** A timer may ring a little early. */
const AFTER_MS = 50;

export class Mutes {
  #serverNow;
  #ended;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => number} serverNow @param {() => void} ended Called when the next of them has ended. */
  constructor(serverNow, ended) {
    this.#serverNow = serverNow;
    this.#ended = ended;
  }

  /**
   * @template {Mute} Kind
   * @param {Kind[]} mutes
   * @returns {Kind[]} Those that hold at this moment.
   */
  now(mutes) {
    return mutes.filter(({ until }) => until === null || Date.parse(until) > this.#serverNow());
  }

  /** @param {Mute[]} mutes All that there are; an end that was awaited before is awaited no more. */
  awaitEnd(mutes) {
    clearTimeout(this.#timer);
    const ends = this.now(mutes).flatMap(({ until }) => (until === null ? [] : [Date.parse(until)]));
    if (ends.length === 0) return;
    const wait = Math.min(...ends) - this.#serverNow() + AFTER_MS;
    this.#timer = setTimeout(this.#ended, Math.min(wait, LONGEST_MS));
  }
}
