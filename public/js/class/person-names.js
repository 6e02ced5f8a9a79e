// @ts-check
/** Names by id, also of those whom the presence of a large class leaves out. */

export class PersonNames {
  #client;
  #learned;
  /** @type {Map<number, string | null>} null: asked for. */
  #asked = new Map();

  /** @param {import("../amphi-client.js").AmphiClient} client @param {() => void} learned Called for each new name. */
  constructor(client, learned) {
    this.#client = client;
    this.#learned = learned;
  }

  /**
   * @param {number} id
   * @returns {string | null} null as long as it is not known; it is asked for then.
   */
  of(id) {
    const name = this.#client.state.presence.people.get(id)?.name ?? this.#asked.get(id);
    if (name === undefined) this.#ask(id);
    return name ?? null;
  }

  /** @param {number} id */
  async #ask(id) {
    this.#asked.set(id, null);
    try {
      const { people } = await this.#client.request("presence.list", { after: id - 1, limit: 1 });
      const found = people.find((person) => person.id === id);
      if (found) this.#asked.set(id, found.name);
      if (found) this.#learned();
    } catch {
      // Asked again when the name is needed the next time.
      this.#asked.delete(id);
    }
  }
}
