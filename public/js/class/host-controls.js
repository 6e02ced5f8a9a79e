// @ts-check
/** The host's start and end. */

import { byID, make } from "../dom.js";
import { t } from "../i18n.js";
import { confirmed } from "../page.js";

export class HostControls {
  #client;
  #class;
  #shown = "";

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {{session: () => any, isHost: () => boolean, showProblem: (error: any) => void}} theClass
   */
  constructor(client, theClass) {
    this.#client = client;
    this.#class = theClass;
  }

  update() {
    const { status } = this.#class.session();
    const connected = this.#client.connection.phase === "open";
    const shown = `${this.#class.isHost()} ${status} ${connected} ${t("host.start")}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const hadFocus = byID("controls").contains(document.activeElement);
    const button = this.#class.isHost() ? this.#button(status) : null;
    if (button) button.disabled = !connected;
    byID("controls").replaceChildren(...(button ? [button] : []));
    if (hadFocus) button?.focus();
  }

  /** @param {string} status */
  #button(status) {
    if (status === "scheduled") {
      const start = () => this.#run(() => this.#client.startSession());
      return make("button", { type: "button", id: "start", onclick: start }, t("host.start"));
    }
    if (status === "live") {
      return make("button", { type: "button", id: "end", class: "danger", onclick: () => this.#askToEnd() }, t("host.end"));
    }
    return null;
  }

  async #askToEnd() {
    const yes = await confirmed({ title: t("host.end_title"), text: t("host.end_text"), yes: t("host.end") });
    if (yes) await this.#run(() => this.#client.endSession());
  }

  /** @param {() => Promise<any>} command */
  async #run(command) {
    const button = byID("controls").querySelector("button");
    if (button) button.disabled = true;
    try {
      await command();
      byID("problem").hidden = true;
    } catch (error) {
      this.#class.showProblem(error);
      if (button) button.disabled = false;
    }
  }
}
