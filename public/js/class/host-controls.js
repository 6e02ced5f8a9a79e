// @ts-check
/** The host's start and end. */

import { button, byID } from "../dom.js";
import { t } from "../i18n.js";
import { confirmed } from "../page.js";

export class HostControls {
  #client;
  #class;
  #shown = "";
  #isBusy = false;

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {{session: () => any, isHost: () => boolean, showProblem: (error: any) => void, gone: () => void}} theClass
   *   `gone` is told when the control that had the focus has no successor.
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
    if (hadFocus && control) control.focus();
    else if (hadFocus) this.#class.gone();
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
    if (this.#isBusy) return;
    this.#isBusy = true;
    const control = byID("controls").querySelector("button");
    // Not `disabled`: that would take the focus away.
    control?.setAttribute("aria-disabled", "true");
    try {
      await command();
      byID("problem").hidden = true;
    } catch (error) {
      this.#class.showProblem(error);
    } finally {
      this.#isBusy = false;
      control?.removeAttribute("aria-disabled");
    }
  }
}
