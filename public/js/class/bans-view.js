// @ts-check
/** For hosts: who is banned from the class or its course now, each with the way back. */

import { button, byID, make, setText } from "../dom.js";
import { fullName } from "../format.js";
import { language, onLanguageChange, t } from "../i18n.js";
import { api } from "../page.js";

export class BansView {
  #client;
  #class;
  #box = /** @type {HTMLDetailsElement} */ (byID("bans"));
  #list = byID("banned");
  /** @type {Map<number, string | null>} By id; null is asked for, or unknown to whoever was asked. */
  #names = new Map();
  #drawn = "";

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {{id: number, session: () => any, may: (command: string) => boolean,
   *          act: (type: import("./person-menu.js").Action, fields: Record<string, unknown>) => Promise<void>,
   *          showProblem: (error: any) => void}} theClass
   */
  constructor(client, theClass) {
    this.#client = client;
    this.#class = theClass;
    this.#box.addEventListener("toggle", () => this.update());
    onLanguageChange(() => this.update());
  }

  update() {
    const banned = this.#class.may("moderation.unban") ? this.#client.state.moderation?.banned ?? [] : [];
    setText(byID("bans-title"), t("bans.title", { count: banned.length }));
    this.#draw(banned);
    this.#box.hidden = banned.length === 0;
    // Who is banned is not among the people present: their names are asked for when somebody wants to see them.
    if (this.#box.open && banned.some((id) => !this.#names.has(id))) void this.#learn(banned);
  }

  /** @param {number[]} banned */
  #draw(banned) {
    const people = banned.map((id) => ({ id, name: this.#names.get(id) ?? t("bans.somebody", { id }) }));
    people.sort((a, b) => a.name.localeCompare(b.name, language()) || a.id - b.id);
    // A button that is drawn anew while somebody presses it would not be pressed.
    const drawn = JSON.stringify([language(), people]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const buttons = [...this.#list.querySelectorAll("button")];
    const at = buttons.findIndex((one) => one === document.activeElement);
    const id = buttons[at]?.dataset.id;
    this.#list.replaceChildren(...people.map((person) => this.#item(person)));
    if (at < 0) return;
    const now = [...this.#list.querySelectorAll("button")];
    const near = now.find((one) => one.dataset.id === id) ?? now[Math.min(at, now.length - 1)] ?? byID("panel-people");
    near.focus();
  }

  /** @param {{id: number, name: string}} person */
  #item({ id, name }) {
    const unban = () => void this.#class.act("moderation.unban", { user_id: id });
    const label = t("moderation.unban_of", { name });
    return make("li", { class: "person" },
      make("span", { class: "person-name", dir: "auto" }, name),
      button(t("moderation.unban"), "small quiet", unban, { "data-id": String(id), "aria-label": label }));
  }

  /** @param {number[]} banned */
  async #learn(banned) {
    for (const id of banned) this.#names.set(id, this.#names.get(id) ?? null);
    try {
      for (const { user } of await this.#rows()) if (user) this.#names.set(Number(user.id), fullName(user));
      this.update();
    } catch (error) {
      // Asked again when the list is opened the next time.
      for (const id of banned) if (this.#names.get(id) === null) this.#names.delete(id);
      this.#class.showProblem(error);
    }
  }

  /**
   * @returns {Promise<any[]>} A co-host does not teach the course, and for a substitute from elsewhere there is none, but
   *   both know whoever was in this class.
   */
  async #rows() {
    try {
      return await api.send("GET", `/api/courses/${this.#class.session().course_id}/bans`);
    } catch (error) {
      if (![403, 404].includes(/** @type {any} */ (error)?.status)) throw error;
      return api.send("GET", `/api/live-sessions/${this.#class.id}/participants`);
    }
  }
}
