// @ts-check
/** The tabs beside the stage: chat, questions, materials and people. Arrow keys move between them. */

import { byID, setText } from "../dom.js";
import { t } from "../i18n.js";

const NAMES = ["chat", "questions", "materials", "people"];

export class SideTabs {
  #selected = "chat";
  #unread = 0;
  #selectedNow;

  /** @param {(name: string) => void} selected Told of every tab that comes into view. */
  constructor(selected) {
    this.#selectedNow = selected;
    for (const name of NAMES) {
      const tab = byID(`tab-${name}`);
      tab.addEventListener("click", () => this.select(name));
      tab.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        const step = event.key === "ArrowRight" ? 1 : -1;
        const other = NAMES[(NAMES.indexOf(name) + step + NAMES.length) % NAMES.length];
        this.select(other);
        byID(`tab-${other}`).focus();
      });
    }
  }

  /** @param {string} selected */
  select(selected) {
    this.#selected = selected;
    for (const name of NAMES) {
      const on = name === selected;
      byID(`tab-${name}`).setAttribute("aria-selected", String(on));
      byID(`tab-${name}`).tabIndex = on ? 0 : -1;
      byID(`panel-${name}`).hidden = !on;
    }
    if (this.chatInView) this.#show(0);
    this.#selectedNow(selected);
  }

  get chatInView() {
    return this.#selected === "chat" && document.visibilityState === "visible";
  }

  /**
   * Messages of others that nobody has seen yet.
   *
   * @param {number} count
   */
  arrived(count) {
    this.#show(this.chatInView ? 0 : this.#unread + count);
  }

  get unread() {
    return this.#unread;
  }

  /** @param {number} unread */
  #show(unread) {
    this.#unread = unread;
    const badge = byID("unread");
    badge.hidden = unread === 0;
    setText(badge, unread > 99 ? "99+" : String(unread));
    badge.setAttribute("aria-label", t("chat.unread", { count: unread }));
  }
}
