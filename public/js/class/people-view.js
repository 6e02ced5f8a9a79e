// @ts-check
/** Who is here. */

import { sortedPeople } from "../channel/presence.js";
import { byID, make, oncePerFrame, setText } from "../dom.js";
import { language, onLanguageChange, t } from "../i18n.js";
import { handPlace } from "./hand-place.js";
import { avatar } from "./message-item.js";
import { Mutes } from "./mutes.js";
import { mayModerate, personMenu } from "./person-menu.js";

export class PeopleView {
  #client;
  #act;
  #cohosts;
  #mutes;
  /** @type {Map<number, {look: string, item: HTMLElement}>} What is drawn, so that a menu that is open stays. */
  #drawn = new Map();

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {(type: import("./person-menu.js").Action, fields: Record<string, unknown>) => Promise<void>} act
   * @param {import("./cohosts.js").Cohosts} cohosts
   */
  constructor(client, act, cohosts) {
    this.#client = client;
    this.#act = act;
    this.#cohosts = cohosts;
    this.update = oncePerFrame(() => this.#render());
    this.#mutes = new Mutes(() => client.serverNow(), this.update);
    const all = /** @type {HTMLButtonElement} */ (byID("all-people"));
    all.addEventListener("click", async () => {
      all.disabled = true;
      // Without an answer the button simply stays.
      await client.loadPeople().catch(() => undefined);
      all.disabled = false;
    });
    onLanguageChange(this.update);
  }

  #render() {
    const { presence, hands, me } = this.#client.state;
    const people = sortedPeople(presence.people.values(), language());
    const mutes = this.#client.state.moderation?.muted ?? [];
    const muted = new Set(this.#mutes.now(mutes).map(({ user_id: id }) => id));
    this.#mutes.awaitEnd(mutes);
    // The button or the menu in which the focus is may be drawn anew, and is another one then.
    const focused = document.activeElement?.closest("#people .person")?.getAttribute("data-id") ?? null;
    const items = people.map((person) => this.#item(person, me, muted.has(person.id), hands.indexOf(person.id) + 1));
    const wanted = new Set(items);
    const list = byID("people");
    for (const child of [...list.children]) if (!wanted.has(/** @type {HTMLElement} */ (child))) child.remove();
    items.forEach((item, index) => {
      if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
    });
    if (focused !== null && !list.contains(document.activeElement)) this.#keepFocus(focused);
    this.#drawn = new Map(people.map((person) => [person.id, /** @type {any} */ (this.#drawn.get(person.id))]));
    setText(byID("people-count"), String(presence.count));
    byID("people-count").setAttribute("aria-label", t("people.count", { count: presence.count }));
    const missing = presence.count - people.length;
    byID("people-note").hidden = byID("all-people").hidden = presence.complete || missing <= 0;
    setText(byID("people-note"), t("people.some", { shown: people.length, total: presence.count }));
  }

  /** @param {string} id Of the person whose item had the focus. */
  #keepFocus(id) {
    const near = byID("people").querySelector(`[data-id="${id}"] button`) ?? byID("panel-people");
    /** @type {HTMLElement} */ (near).focus();
  }

  /**
   * @param {import("../channel/presence.js").Person} person
   * @param {import("../channel/frames.js").Me | null} me
   * @param {boolean} isMuted
   * @param {number} place That of the raised hand; 0 when it is down.
   */
  #item(person, me, isMuted, place) {
    const offer = { moderates: mayModerate(person, me), isMuted, cohost: this.#cohosts.step(person) };
    const look = JSON.stringify([person, person.id === me?.user.id, offer, place, language()]);
    const before = this.#drawn.get(person.id);
    if (before?.look === look) return before.item;
    const act = (/** @type {import("./person-menu.js").Action} */ action, /** @type {Record<string, unknown>} */ fields) =>
      void this.#act(action, { ...fields, user_id: person.id });
    const item = make("li", { class: "person", "data-id": String(person.id) },
      avatar(person, person.name),
      make("span", { class: "person-name", dir: "auto" }, person.name),
      person.id === me?.user.id ? make("span", { class: "muted" }, t("people.you")) : null,
      person.role === "participant" ? null : make("span", { class: "tag" }, t(`role.${person.role}`)),
      isMuted ? make("span", { class: "tag" }, t("moderation.is_muted")) : null,
      place === 0 ? null : handPlace(place),
      offer.moderates || offer.cohost ? personMenu(person, offer, act) : null);
    this.#drawn.set(person.id, { look, item });
    return item;
  }
}
