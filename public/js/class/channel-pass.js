// @ts-check
/** The token of the channel: that of a join while the class is live, before the start the platform's. */

import { currentIdentity } from "../identity.js";
import { api, renewed } from "../page.js";

/** The token is no more, and there is no other: the person must sign in again. */
export class SignInOver extends Error {}

export class ChannelPass {
  #sessionID;
  #isLive;
  /** @type {string | null} */
  #token = null;
  /** @type {string | null} The token of the sign-in that the channel was last opened with. */
  #used = null;
  /** @type {string | null} The token of the sign-in that the newest token of the channel comes from, or is. */
  #signIn = null;
  #over;

  /**
   * @param {number} sessionID
   * @param {() => boolean} isLive
   * @param {(token: string | null) => void} over Told when the sign-in has ended, and of its token if there still is one.
   */
  constructor(sessionID, isLive, over) {
    this.#sessionID = sessionID;
    this.#isLive = isLive;
    this.#over = over;
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
    // Without the hub's answer the attempt is given up, and the next one asks again.
    const identity = reason === "connect" ? currentIdentity() : await renewed();
    const isRefused = reason === "expired" && identity?.token === this.#used;
    if (!identity || isRefused) {
      this.#over(identity?.token ?? null);
      throw new SignInOver();
    }
    // An expiring one that could not be renewed is good until its end.
    if (reason === "expiring" && identity.token === this.#used) return null;
    this.#used = this.#signIn = identity.token;
    return identity.token;
  }

  /** @param {import("../amphi-client.js").AmphiClient} client Connected since before the start. */
  async exchange(client) {
    await this.#join();
    // Refused or lost: the connection keeps the token that it has, and asks again when that one ends.
    if (this.#token) await client.refreshToken(this.#token).catch(() => undefined);
  }

  /** The token of the sign-in by which the channel was last opened: whoever says that it is over means this one. */
  get signIn() {
    return this.#signIn;
  }

  /** Whether the person has another sign-in by now: a new password in another tab of the device replaces it. */
  get isReplaced() {
    const now = currentIdentity()?.token ?? null;
    return now !== null && now !== this.#signIn;
  }

  /** Forgets the token: the hub does not take it any more. */
  forget() {
    this.#token = null;
  }

  async #join() {
    const by = currentIdentity()?.token ?? null;
    // The channel itself says why somebody may not enter, in words for the page.
    const ticket = await api.join(this.#sessionID).catch(() => null);
    this.#token = ticket?.channel_token ?? null;
    if (this.#token !== null) this.#signIn = by;
  }
}
