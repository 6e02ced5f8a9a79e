// @ts-check
/** Taking an end back: for hosts, in the view of an ended class, as long as the hub allows it. */

import { button, make, setText } from "../dom.js";
import { onLanguageChange, t } from "../i18n.js";
import { refusalText } from "../page.js";

const LOOK_MS = 1000;
const MINUTE_MS = 60_000;

export class Reopening {
  #ask;
  #reopen;
  #left = make("p", {});
  #button = button("", "", () => this.#press(), { id: "reopen" });
  #offer = make("div", { class: "reopening" }, this.#left, this.#button);
  #problem = make("p", { class: "notice bad", role: "alert", hidden: true });
  /** What the view shows; nothing of it is seen while the class cannot be reopened. */
  element = make("div", { class: "reopening", hidden: true }, this.#offer, this.#problem);
  #status = "";
  /** By this machine's clock. */
  #until = 0;
  #isBusy = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #clock;

  /**
   * @param {{ask: () => Promise<any>, reopen: () => Promise<any>}} hub `ask` answers the session's row, which says until
   *   when a host may reopen it.
   */
  constructor({ ask, reopen }) {
    this.#ask = ask;
    this.#reopen = reopen;
    onLanguageChange(() => this.#show());
  }

  /** @param {string} status Of the session. @param {any} row The session's row, when it has just been read. */
  update(status, row = null) {
    if (status === this.#status) return;
    this.#status = status;
    this.#allow(null);
    this.#problem.hidden = true;
    if (status === "ended") this.#learn(row);
  }

  /** @param {any} read */
  async #learn(read) {
    try {
      const row = read ?? await this.#ask();
      if (this.#status === "ended" && row.status === "ended") this.#allow(row);
    } catch {
      // Not known now: the next news of the class or of the connection asks again.
      this.#status = "";
    }
  }

  /** @param {any} row Null: nobody may. */
  #allow(row) {
    clearInterval(this.#clock);
    // Both times are the hub's: what is left of them counts here, whatever this machine's clock says.
    const left = row?.reopen_until ? Date.parse(row.reopen_until) - Date.parse(row.server_time) : 0;
    this.#until = Date.now() + left;
    if (left > 0) this.#clock = setInterval(() => this.#show(), LOOK_MS);
    this.#show();
  }

  #show() {
    const left = this.#until - Date.now();
    const isOver = left <= 0;
    if (isOver) clearInterval(this.#clock);
    else setText(this.#left, timeLeft(left));
    setText(this.#button, t("reopen.button"));
    const hadFocus = document.activeElement === this.#button;
    this.#offer.hidden = isOver;
    this.element.hidden = isOver && this.#problem.hidden;
    if (isOver && hadFocus) document.getElementById("stage-heading")?.focus();
  }

  async #press() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    // Not `disabled`: that would take the focus away.
    this.#button.setAttribute("aria-disabled", "true");
    this.#problem.hidden = true;
    try {
      await this.#reopen();
    } catch (error) {
      this.#problem.textContent = refusalText(error);
      this.#problem.hidden = false;
      if (/** @type {any} */ (error).code === "session_over") this.#allow(null);
    } finally {
      this.#isBusy = false;
      this.#button.removeAttribute("aria-disabled");
    }
  }
}

/** @param {number} ms */
function timeLeft(ms) {
  const minutes = Math.floor(ms / MINUTE_MS);
  return minutes < 1 ? t("reopen.last_minute") : t("reopen.left", { count: minutes });
}
