// @ts-check
/** Who is here. */

import { sortedPeople } from "../channel/presence.js";
import { byID, make, oncePerFrame, setText } from "../dom.js";
import { language, onLanguageChange, t } from "../i18n.js";
import { handPlace } from "./hand-place.js";
import { avatar } from "./message-item.js";

export class PeopleView {
  #client;

  /** @param {import("../amphi-client.js").AmphiClient} client */
  constructor(client) {
    this.#client = client;
    this.update = oncePerFrame(() => this.#render());
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
    byID("people").replaceChildren(...people.map((person) =>
      personItem(person, person.id === me?.user.id, hands.indexOf(person.id) + 1)));
    setText(byID("people-count"), String(presence.count));
    byID("people-count").setAttribute("aria-label", t("people.count", { count: presence.count }));
    const missing = presence.count - people.length;
    byID("people-note").hidden = byID("all-people").hidden = presence.complete || missing <= 0;
    setText(byID("people-note"), t("people.some", { shown: people.length, total: presence.count }));
  }
}

/**
 * @param {import("../channel/presence.js").Person} person
 * @param {boolean} self
 * @param {number} place That of the raised hand; 0 when it is down.
 */
function personItem(person, self, place) {
  return make("li", { class: "person", "data-id": String(person.id) },
    avatar(person, person.name),
    make("span", { class: "person-name", dir: "auto" }, person.name),
    self ? make("span", { class: "muted" }, t("people.you")) : null,
    person.role === "participant" ? null : make("span", { class: "tag" }, t(`role.${person.role}`)),
    place === 0 ? null : handPlace(place));
}
