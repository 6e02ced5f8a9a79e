// @ts-check
/** Tells the hosts that nobody else gets in, and lets them make room. */

import { isHost } from "../channel/me.js";
import { button, byID } from "../dom.js";
import { t } from "../i18n.js";
import { SessionFields } from "../sessions/session-fields.js";
import { askForSession } from "../sessions/session-menu.js";

export class FullNotice {
  #client;
  #class;
  #shown = "";

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {{session: () => any, isHost: () => boolean}} theClass
   */
  constructor(client, theClass) {
    this.#client = client;
    this.#class = theClass;
  }

  update() {
    const places = Number(this.#class.session().max_participants);
    const isFull = this.#class.isHost() && this.#isOpen && this.#seated >= places;
    const text = isFull ? t("class.full_host", { count: places }) : "";
    // A live region: it speaks only when there is something new.
    if (text === this.#shown) return;
    this.#shown = text;
    byID("full").hidden = !isFull;
    byID("full").replaceChildren(text, ...(isFull ? [" ", button(t("class.add_places"), "small", () => this.#ask())] : []));
  }

  get #isOpen() {
    return ["scheduled", "live"].includes(this.#class.session().status);
  }

  /** Hosts need no place. */
  get #seated() {
    const { count, people } = this.#client.state.presence;
    return count - [...people.values()].filter(({ role }) => isHost(role)).length;
  }

  async #ask() {
    const fields = new SessionFields("places", ["places"], this.#class.session());
    const save = async () => {
      await this.#client.updateSession(fields.values());
      return true;
    };
    await askForSession(t("class.add_places"), t("admin.save"), fields, save);
  }
}
