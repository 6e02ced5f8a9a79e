// @ts-check
/** Six reactions to send, and how many of each have just come: shown on their buttons for a moment, and read out by nobody. */

import { byID, make } from "../dom.js";
import { translatePage } from "../i18n.js";

/** @typedef {keyof import("../channel/frames.js").Reactions} Kind */

/** @type {[Kind, string][]} */
const SIGNS = [
  ["clap", "👏"], ["thumbs_up", "👍"], ["heart", "❤️"], ["laugh", "😂"], ["surprised", "😮"], ["thinking", "🤔"],
];
const SHOWN_MS = 4000;

export class ReactionsView {
  /** @param {import("../amphi-client.js").AmphiClient} client @param {(error: any) => void} showProblem */
  constructor(client, showProblem) {
    const buttons = SIGNS.map(([kind, sign]) => new ReactionButton(kind, sign, () => react(client, kind, showProblem)));
    byID("reactions").replaceChildren(...buttons.map(({ element }) => element));
    translatePage(byID("reactions"));
    client.onReactions((reactions) => {
      for (const each of buttons) each.came(reactions[each.kind] ?? 0);
    });
  }
}

class ReactionButton {
  /** The sum of what is shown. */
  #count = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Kind} kind @param {string} sign @param {() => void} press */
  constructor(kind, sign, press) {
    this.kind = kind;
    this.element = make("button", { type: "button", "data-kind": kind, "data-label": `reaction.${kind}`, onclick: press }, sign);
  }

  /** @param {number} count */
  came(count) {
    if (count === 0) return;
    this.#count += count;
    this.element.querySelector(".reaction-count")?.remove();
    const text = this.#count > 999 ? "999+" : String(this.#count);
    this.element.append(make("span", { class: "reaction-count", "aria-hidden": "true" }, text));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#count = 0;
      this.element.querySelector(".reaction-count")?.remove();
    }, SHOWN_MS);
  }
}

/**
 * @param {import("../amphi-client.js").AmphiClient} client
 * @param {Kind} kind
 * @param {(error: any) => void} showProblem
 */
async function react(client, kind, showProblem) {
  try {
    await client.react(kind);
  } catch (error) {
    // Whoever presses faster than the hub counts sees that in the numbers.
    if (/** @type {any} */ (error).code !== "rate_limited") showProblem(error);
  }
}
