// @ts-check
/**
 * For who teaches the course: who is co-host of the class. In the list of people co-hosts look like everybody else who
 * helps, so the hub is asked.
 */

import { api } from "../page.js";

/** @typedef {"name" | "end"} Step */

export class Cohosts {
  #client;
  #id;
  #changed;
  /** @type {Set<number> | null} Their ids; null until the hub has told. */
  #ids = null;
  /** @type {string | null} What was known of roles when the list was read. */
  #asOf = null;

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {number} id Of the class.
   * @param {() => void} changed Told when the list is another one.
   */
  constructor(client, id, changed) {
    this.#client = client;
    this.#id = id;
    this.#changed = changed;
  }

  /** Whether this person may name a co-host, and take that back. */
  get mayName() {
    return this.#client.state.me?.permissions.includes("cohost") ?? false;
  }

  /**
   * @param {import("../channel/frames.js").Person} person
   * @returns {Step | null} What is offered for this person.
   */
  step({ id, role }) {
    if (!this.mayName || id === this.#client.state.me?.user.id) return null;
    if (role === "participant") return "name";
    return this.#ids?.has(id) ? "end" : null;
  }

  /** What was read before is old after a change of somebody's role, and after a connection that was lost. */
  update() {
    const { me, roleChange } = this.#client.state;
    const isOpen = this.#client.connection.phase === "open";
    const asOf = isOpen && me && this.mayName ? `${me.user.id} ${roleChange?.seq ?? 0}` : null;
    if (asOf === this.#asOf) return;
    this.#asOf = asOf;
    if (asOf !== null) void this.#read(asOf);
  }

  /** @param {string} asOf */
  async #read(asOf) {
    try {
      /** @type {{id: number}[]} */
      const people = await api.send("GET", `/api/live-sessions/${this.#id}/cohosts`);
      if (this.#asOf !== asOf) return;
      this.#ids = new Set(people.map(({ id }) => id));
      this.#changed();
    } catch {
      // Nothing is offered that depends on it; it is asked for again with the next change, or the next connection.
    }
  }
}
