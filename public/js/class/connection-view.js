// @ts-check
/** The line that says how the connection is, in words; and what to do when it is over for good. */

import { CloseCode } from "../amphi-client.js";
import { button, byID, setText } from "../dom.js";
import { errorText, onLanguageChange, t } from "../i18n.js";
import { currentIdentity, guestPage } from "../identity.js";
import { goToSignIn } from "../page.js";
import { reasoned } from "./reasoned.js";

/** Endings that one may try again from, by hand. */
const AGAIN = new Set([
  CloseCode.removed, CloseCode.tooManyConnections, CloseCode.unsupportedVersion, CloseCode.sessionFull,
]);
/** Endings for which a host may have given a reason. */
const ACTS = new Map([[CloseCode.removed, /** @type {const} */ ("remove")], [CloseCode.banned, /** @type {const} */ ("ban")]]);
/** Endings that the view of the class says itself. */
const QUIET = new Set([CloseCode.done, CloseCode.sessionGone, CloseCode.sessionOver]);
/** Endings by which a guest is one no more, or has another link by now. */
const GUEST_OVER = new Set([CloseCode.badToken, CloseCode.permissionDenied]);
const SHORT_WAIT_MS = 3_000;

export class ConnectionView {
  #client;
  #pass;
  #announcer;
  #shownProblem = "";
  /** Whether those who hear the page were told that the connection is gone. */
  #isLossSaid = false;
  #wasOpen = false;
  #saidDegraded = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #countdown;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #loss;

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {import("./channel-pass.js").ChannelPass} pass
   * @param {import("./announcer.js").Announcer} announcer
   */
  constructor(client, pass, announcer) {
    this.#client = client;
    this.#pass = pass;
    this.#announcer = announcer;
    onLanguageChange(() => {
      this.#shownProblem = "";
      this.update();
    });
  }

  update() {
    const { phase } = this.#client.connection;
    clearInterval(this.#countdown);
    if (phase === "waiting") this.#countdown = setInterval(() => this.#show(), 1000);
    this.#show();
    this.#announce(phase);
  }

  /**
   * The line itself counts seconds and is no live region: a loss and its end are said once each, however often it is
   * tried, and a loss that nobody would notice is not said at all.
   *
   * @param {string} phase
   */
  #announce(phase) {
    const { degraded } = this.#client.state;
    if (phase === "open") {
      clearTimeout(this.#loss);
      this.#loss = undefined;
      if (this.#isLossSaid) this.#announcer.say(t("connection.back"));
      this.#isLossSaid = false;
      this.#wasOpen = true;
      if (degraded !== this.#saidDegraded) this.#announcer.say(t(degraded ? "connection.degraded" : "connection.saving"));
      this.#saidDegraded = degraded;
    } else if (this.#wasOpen && phase !== "closed" && phase !== "idle") {
      this.#wasOpen = false;
      this.#loss = setTimeout(() => {
        this.#isLossSaid = true;
        this.#announcer.say(t("connection.lost"));
      }, SHORT_WAIT_MS);
    } else if (phase === "closed" || phase === "idle") {
      clearTimeout(this.#loss);
    }
  }

  #show() {
    const { phase, code } = this.#client.connection;
    const line = byID("connection");
    const look = this.#client.state.degraded && phase === "open" ? "degraded" : phase;
    line.dataset.phase = look;
    setText(line, this.#sentence(look));
    // An alert speaks whenever it is written: only what is new is.
    const wanted = phase === "closed" && !QUIET.has(code ?? 0) ? `${code}` : phase;
    if (wanted === this.#shownProblem) return;
    this.#shownProblem = wanted;
    this.#showProblem();
  }

  #showProblem() {
    const { phase, code, reason, error } = this.#client.connection;
    const problem = byID("problem");
    problem.hidden = phase !== "closed" || QUIET.has(code ?? 0);
    if (problem.hidden) return;
    const isGuest = guestPage(currentIdentity()) !== null;
    const known = t(isGuest && GUEST_OVER.has(code ?? 0) ? "guest.over" : `close.${code}`);
    const act = ACTS.get(code ?? 0);
    const given = act ? this.#client.state.reasons[act] : null;
    problem.replaceChildren(...reasoned(known === `close.${code}` ? errorText(error ?? { code: reason }) : known, given));
    const again = () => button(t("connection.again"), "small", () => this.#client.connectNow());
    const signIn = () => button(t("signin.again"), "small", () => this.#signInAgain());
    if (isGuest && GUEST_OVER.has(code ?? 0)) return;
    if (code === CloseCode.badToken) problem.append(" ", signIn());
    else if (AGAIN.has(code ?? 0)) problem.append(" ", again());
  }

  /** Only the sign-in that was refused is forgotten. */
  #signInAgain() {
    if (this.#pass.isReplaced) this.#client.connectNow();
    else goToSignIn("expired", this.#pass.signIn);
  }

  /** @param {string} look */
  #sentence(look) {
    const { retryAt, code } = this.#client.connection;
    if (look !== "waiting") return t(`connection.${look}`);
    if (code === CloseCode.notOpenYet) return t("connection.not_open");
    const left = (retryAt ?? 0) - Date.now();
    // A short wait is not worth a countdown.
    if (left < SHORT_WAIT_MS) return t("connection.connecting");
    return t("connection.waiting", { count: Math.ceil(left / 1000) });
  }
}
