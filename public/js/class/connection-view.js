// @ts-check
/** The line that says how the connection is, in words; and what to do when it is over for good. */

import { button, byID, setText } from "../dom.js";
import { errorText, onLanguageChange, t } from "../i18n.js";

/** Endings that one may try again from, by hand. */
const AGAIN = new Set([4500, 4503, 4506, 4507, 4508]);
const SHORT_WAIT_MS = 3_000;

export class ConnectionView {
  #client;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #countdown;

  /** @param {import("../amphi-client.js").AmphiClient} client */
  constructor(client) {
    this.#client = client;
    onLanguageChange(() => this.update());
  }

  update() {
    const { phase } = this.#client.connection;
    clearInterval(this.#countdown);
    if (phase === "waiting") this.#countdown = setInterval(() => this.#show(), 1000);
    this.#show();
  }

  #show() {
    const { phase, code, reason, error } = this.#client.connection;
    const line = byID("connection");
    const look = this.#client.state.degraded && phase === "open" ? "degraded" : phase;
    line.dataset.phase = look;
    setText(line, this.#sentence(look));
    const problem = byID("problem");
    problem.hidden = phase !== "closed" || code === 4510 || code === 1000 || code === 4505;
    if (problem.hidden) return;
    const again = button(t("connection.again"), "small", () => this.#client.connectNow());
    const known = t(`close.${code}`);
    problem.replaceChildren(known === `close.${code}` ? errorText(error ?? { code: reason }) : known);
    if (AGAIN.has(code ?? 0)) problem.append(" ", again);
  }

  /** @param {string} look */
  #sentence(look) {
    const { retryAt, code } = this.#client.connection;
    if (look !== "waiting") return t(`connection.${look}`);
    if (code === 4011) return t("connection.not_open");
    const left = (retryAt ?? 0) - Date.now();
    // A short wait is not worth a countdown that a screen reader would read out.
    if (left < SHORT_WAIT_MS) return t("connection.connecting");
    return t("connection.waiting", { count: Math.ceil(left / 1000) });
  }
}
