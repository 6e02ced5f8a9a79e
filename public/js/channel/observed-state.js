// @ts-check
/** The state of the class, and whoever looks at it: told once per turn of everything that changed in it. */

import { emptyState } from "./class-state.js";

/**
 * @typedef {"connection" | "session" | "me" | "messages" | "outbox" | "people" | "typing" | "moderation" |
 *           "questions" | "materials"} Change
 * @typedef {import("./class-state.js").ClassState} ClassState
 */

export class ObservedState {
  /** Replaced, never changed in place. */
  current = emptyState();
  /** @type {Set<(changes: Set<Change>) => void>} */
  #listeners = new Set();
  /** @type {Set<Change>} */
  #changes = new Set();

  /** @param {ClassState} state @param {...Change} changes */
  become(state, ...changes) {
    if (state.me !== this.current.me) changes.push("me");
    if (state.moderation !== this.current.moderation) changes.push("moderation");
    if (state.questions !== this.current.questions) changes.push("questions");
    if (state.materials !== this.current.materials) changes.push("materials");
    this.current = state;
    this.announce(...changes);
  }

  /** @param {...Change} changes */
  announce(...changes) {
    if (changes.length > 0 && this.#changes.size === 0) queueMicrotask(() => this.#notify());
    for (const change of changes) this.#changes.add(change);
  }

  /**
   * @param {(changes: Set<Change>) => void} listener
   * @returns {() => void} Ends the subscription.
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #notify() {
    const changes = this.#changes;
    this.#changes = new Set();
    for (const listener of this.#listeners) {
      try {
        listener(changes);
      } catch (error) {
        // A listener that fails takes nothing from those behind it, and its error is seen as any that nobody has caught.
        queueMicrotask(() => { throw error; });
      }
    }
  }
}
