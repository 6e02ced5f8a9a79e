// @ts-check
/** The token of the channel: that of a join while the class is live, before the start the platform's. */

import { currentIdentity } from "../identity.js";
import { api, renewed } from "../page.js";

export class ChannelPass {
  #sessionID;
  #isLive;
  /** @type {string | null} */
  #token = null;

  /** @param {number} sessionID @param {() => boolean} isLive */
  constructor(sessionID, isLive) {
    this.#sessionID = sessionID;
    this.#isLive = isLive;
  }

  /**
   * A join's token lives until the class is over, so that the class survives the platform's token. It is kept over
   * reconnects: when a thousand people come back at once, none of them needs to join anew.
   *
   * @param {import("../amphi-client.js").TokenReason} reason
   * @returns {Promise<string | null>}
   */
  async token(reason) {
    if (reason !== "connect") this.#token = null;
    if (this.#token === null && this.#isLive()) await this.#join();
    if (this.#token !== null) return this.#token;
    const identity = reason === "connect" ? currentIdentity() : await renewed();
    return identity?.token ?? null;
  }

  /** @param {import("../amphi-client.js").AmphiClient} client Connected since before the start. */
  async exchange(client) {
    await this.#join();
    // Refused or lost: the connection keeps the token that it has, and asks again when that one ends.
    if (this.#token) await client.refreshToken(this.#token).catch(() => undefined);
  }

  /** Forgets the token: the hub does not take it any more. */
  forget() {
    this.#token = null;
  }

  async #join() {
    // The channel itself says why somebody may not enter, in words for the page.
    const ticket = await api.join(this.#sessionID).catch(() => null);
    this.#token = ticket?.channel_token ?? null;
  }
}
