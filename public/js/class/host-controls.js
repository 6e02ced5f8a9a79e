// @ts-check
/** The host's start and end. */

import { button, byID } from "../dom.js";
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
    const control = this.#class.isHost() ? this.#control(status) : null;
    if (control) control.disabled = !connected;
    byID("controls").replaceChildren(...(control ? [control] : []));
    if (hadFocus) control?.focus();
  }

  /** @param {string} status */
  #control(status) {
    if (status === "scheduled") {
      const start = () => this.#run(() => this.#client.startSession());
      return button(t("host.start"), "", start, { id: "start" });
    }
    if (status === "live") {
      return button(t("host.end"), "danger", () => this.#askToEnd(), { id: "end" });
    }
    return null;
  }

  async #askToEnd() {
    const yes = await confirmed({ title: t("host.end_title"), text: t("host.end_text"), yes: t("host.end") });
    if (yes) await this.#run(() => this.#client.endSession());
  }

  /** @param {() => Promise<any>} command */
  async #run(command) {
    const control = byID("controls").querySelector("button");
    if (control) control.disabled = true;
    try {
      await command();
      byID("problem").hidden = true;
    } catch (error) {
      this.#class.showProblem(error);
      if (control) control.disabled = false;
    }
  }
}
