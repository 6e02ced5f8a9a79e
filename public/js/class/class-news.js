// @ts-check
/** Start, end and what else becomes of a class, and announcements, told to whoever does not look at the page. */

import { t } from "../i18n.js";

/** The sentence for each step from one status to another. */
const SENTENCES = new Map([
  ["scheduled live", "news.begun"], ["ended live", "news.reopened"], ["live ended", "news.over"],
  ["scheduled ended", "news.over"], ["scheduled cancelled", "news.cancelled"],
]);

export class ClassNews {
  #announcer;
  #alerts;
  /** @type {string | null} The key of what has happened while nobody looked. */
  #unseen = null;

  /** @param {import("./announcer.js").Announcer} announcer @param {import("./alerts.js").Alerts} alerts */
  constructor(announcer, alerts) {
    this.#announcer = announcer;
    this.#alerts = alerts;
  }

  /**
   * @param {string} before
   * @param {{status: string, title: string}} session As it is now.
   * @param {boolean} isHost Whoever does it hears no bell for it.
   */
  changed(before, { status, title }, isHost) {
    const key = SENTENCES.get(`${before} ${status}`);
    if (!key) return;
    const sentence = t(key);
    this.#announcer.say(sentence);
    if (!isHost) this.#alerts.ring(status === "live" ? "begun" : "over", sentence, title);
    this.#unseen = isLookedAt() ? null : key;
  }

  /**
   * @param {import("../channel/class-state.js").Message} message Of kind `announcement`, and somebody else's.
   * @param {string} title Of the class.
   */
  announced({ user, text }, title) {
    const sentence = t("announcement.said", { name: user?.name ?? "", text });
    this.#announcer.sayNow(sentence);
    this.#alerts.ring("announced", sentence, title);
    this.#unseen = isLookedAt() ? null : "news.announced";
  }

  /** @returns {string} What stands before the title of a page that nobody looks at. */
  get titlePrefix() {
    if (isLookedAt()) this.#unseen = null;
    return this.#unseen === null ? "" : `● ${t(this.#unseen)} · `;
  }
}

function isLookedAt() {
  return document.visibilityState === "visible" && document.hasFocus();
}
