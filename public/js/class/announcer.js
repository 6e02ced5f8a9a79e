// @ts-check
/** What a screen reader is told on the class's page: each thing once, in a live region that nobody sees. */

import { byID, make } from "../dom.js";

const LONGEST = 300;
const FORGET_AFTER_MS = 15_000;

export class Announcer {
  #region = byID("announcer");
  #urgent = byID("announcer-now");

  /** @param {string} text Said when what is being read out has come to its end. */
  say(text) {
    this.#add(this.#region, text);
  }

  /** @param {string} text Said at once, whatever is being read out. */
  sayNow(text) {
    this.#add(this.#urgent, text);
  }

  /** @param {HTMLElement} region @param {string} text */
  #add(region, text) {
    if (text === "") return;
    const said = make("p", {}, text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
    region.append(said);
    // Only what is added is read out; what was said long ago must not be found by somebody who walks through the page.
    setTimeout(() => said.remove(), FORGET_AFTER_MS);
  }
}
