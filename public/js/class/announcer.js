// @ts-check
/** What a screen reader is told on the class's page: each thing once, in one live region that nobody sees. */

import { byID, make } from "../dom.js";

const LONGEST = 300;
const FORGET_AFTER_MS = 15_000;

export class Announcer {
  #region = byID("announcer");

  /** @param {string} text */
  say(text) {
    if (text === "") return;
    const said = make("p", {}, text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
    this.#region.append(said);
    // Only what is added is read out; what was said long ago must not be found by somebody who walks through the page.
    setTimeout(() => said.remove(), FORGET_AFTER_MS);
  }
}
