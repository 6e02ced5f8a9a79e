// @ts-check
/** The newest announcement that came while one was here, on top of the page until it is put away. */

import { button, byID, linked, make } from "../dom.js";
import { onLanguageChange, t } from "../i18n.js";

export class AnnouncementNotice {
  #box = byID("announced");
  /** @type {import("../channel/class-state.js").Message | null} */
  #message = null;
  #putAway;

  /** @param {() => void} putAway Told when it is put away by whoever has the focus on it. */
  constructor(putAway) {
    this.#putAway = putAway;
    onLanguageChange(() => this.#draw());
  }

  /** @param {import("../channel/class-state.js").Message} message */
  show(message) {
    this.#message = message;
    this.#draw();
  }

  /** @param {readonly import("../channel/class-state.js").Message[]} messages One that is deleted is shown no more. */
  update(messages) {
    const shown = this.#message;
    if (shown && messages.some(({ id, deleted }) => deleted && id === shown.id)) this.#close();
  }

  #close() {
    const hadFocus = this.#box.contains(document.activeElement);
    this.#message = null;
    this.#draw();
    if (hadFocus) this.#putAway();
  }

  #draw() {
    this.#box.hidden = this.#message === null;
    if (this.#message === null) return this.#box.replaceChildren();
    const { user, text } = this.#message;
    this.#box.replaceChildren(
      make("div", { class: "announced-text" }, make("strong", { dir: "auto" }, t("announcement.by", { name: user?.name ?? "" })),
        make("p", { class: "message-text", dir: "auto" }, ...linked(text))),
      button(t("dialog.close"), "small quiet", () => this.#close()));
  }
}
