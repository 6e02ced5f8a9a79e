// @ts-check
/** The stage: the wait before a class, the video while it is live, the end after it. */

import { at } from "../base.js";
import { byID, isWeb, make, outsideLink } from "../dom.js";
import { clockTime, relative, timeSpan } from "../format.js";
import { errorText, onLanguageChange, t } from "../i18n.js";
import { isNeverHeld } from "../sessions/session-status.js";
import { JitsiFrame, loadJitsi } from "./jitsi-frame.js";
import { Reopening } from "./reopening.js";

/**
 * @typedef {{session: any, isHost: boolean, name: string, config: any, notOpenUntil: number | null}} StageInput
 */

export class StageView {
  #stage = byID("stage");
  #main = byID("class");
  #join;
  #now;
  #reopening;
  #alerts;
  /** @type {StageInput | null} */
  #input = null;
  /** @type {JitsiFrame | null} */
  #call = null;
  #left = false;
  #drawn = "";
  /** @type {any} The answer of the last join. */
  #ticket = null;
  #asking = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #clock;

  /**
   * @param {{join: () => Promise<any>, now: () => number, reopening: Reopening, alerts: HTMLElement}} options
   *   `join` asks the hub anew for the way into the room; `alerts` are choices that stand where somebody may wait.
   */
  constructor({ join, now, reopening, alerts }) {
    this.#join = join;
    this.#now = now;
    this.#reopening = reopening;
    this.#alerts = alerts;
    onLanguageChange(() => this.#draw(true));
  }

  /** @param {StageInput} input */
  update(input) {
    this.#input = input;
    if (input.session.status !== "live") {
      this.#call?.end();
      this.#left = false;
      // A class that is reopened is joined anew.
      this.#ticket = null;
    }
    this.#draw(false);
  }

  /** @param {boolean} anew */
  #draw(anew) {
    const input = this.#input;
    if (!input || this.#call) return;
    const { session, isHost } = input;
    const drawn = JSON.stringify([
      session.status, session.title, session.scheduled_start_at, session.scheduled_end_at, session.recording_url,
      isHost, this.#left, input.notOpenUntil, isNeverHeld(session, this.#now()), this.#ticket?.jitsi_join_url ?? null,
    ]);
    if (drawn === this.#drawn && !anew) return;
    this.#drawn = drawn;
    clearInterval(this.#clock);
    this.#main.dataset.stage = "card";
    const focused = this.#stage.contains(document.activeElement) ? document.activeElement : null;
    this.#stage.replaceChildren(this.#view(input));
    // What had the focus may be gone: then it stays in the stage, where the next Tab finds what there is to do now.
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus();
    else if (focused) this.focus();
  }

  /** Puts the focus on the heading. */
  focus() {
    document.getElementById("stage-heading")?.focus();
  }

  /** @param {StageInput} input */
  #view(input) {
    switch (input.session.status) {
      case "scheduled": return isNeverHeld(input.session, this.#now()) ? neverHeld(input) : this.#waiting(input);
      case "live": return this.#live(input);
      default: return over(input.session, this.#reopening.element);
    }
  }

  /** @param {StageInput} input */
  #waiting({ session, isHost, notOpenUntil }) {
    const left = make("p", { class: "countdown" });
    const tick = () => {
      const ms = Date.parse(session.scheduled_start_at) - this.#now();
      left.textContent = ms > 0 ? relative(ms) : t("stage.any_moment");
    };
    tick();
    this.#clock = setInterval(tick, 1000);
    return make("div", { class: "card stage-card" },
      make("h2", { id: "stage-heading", tabindex: "-1" }, t(isHost ? "stage.ready" : "stage.waiting")),
      make("p", {}, timeSpan(session.scheduled_start_at, session.scheduled_end_at)),
      left,
      session.description ? make("p", { class: "description", dir: "auto" }, session.description) : null,
      make("p", { class: "muted" }, this.#waitingAdvice(isHost, notOpenUntil)),
      this.#alerts);
  }

  /** @param {boolean} isHost @param {number | null} notOpenUntil */
  #waitingAdvice(isHost, notOpenUntil) {
    if (isHost) return t("stage.host_advice");
    if (notOpenUntil !== null) return t("stage.opens_at", { time: clockTime(new Date(notOpenUntil).toISOString()) });
    return t("stage.student_advice");
  }

  /** @param {StageInput} input */
  #live(input) {
    const linkOnly = input.config.jitsi.profile === "link-only" || !input.config.jitsi.script_url;
    const problem = make("p", { class: "notice bad", role: "alert", hidden: true });
    const card = make("div", { class: "card stage-card" },
      make("h2", { id: "stage-heading", tabindex: "-1" }, t(this.#left ? "stage.left" : "stage.live")));
    card.append(...(linkOnly ? this.#link(problem) : this.#door(input, problem)), problem, this.#alerts);
    return card;
  }

  /**
   * The call is in another tab: a link, and why.
   *
   * @param {HTMLElement} problem
   */
  #link(problem) {
    if (!this.#ticket) {
      this.#ask(problem);
      return [make("p", { class: "muted" }, t("stage.preparing"))];
    }
    const { jitsi_join_url: url, jitsi_room_password: password } = this.#ticket;
    const domain = this.#input?.config.jitsi.domain ?? "";
    const newTab = make("span", { class: "hidden-text" }, ` ${t("stage.new_tab")}`);
    const open = outsideLink(url, "button large", t("stage.open_video"), newTab);
    const secret = make("details", {}, make("summary", {}, t("stage.password")), make("code", {}, password ?? ""));
    return [open, make("p", {}, t("stage.link_only", { domain })), ...(password ? [secret] : [])];
  }

  /**
   * The call is in this page, after a press: a camera is nothing to start by surprise.
   *
   * @param {StageInput} input
   * @param {HTMLElement} problem
   */
  #door(input, problem) {
    const button = make("button", { type: "button", class: "large", id: "join-video" },
      t(this.#left ? "stage.rejoin" : "stage.join"));
    button.addEventListener("click", async () => {
      button.disabled = true;
      problem.hidden = true;
      try {
        await this.#enter(input);
      } catch (error) {
        button.disabled = false;
        const unreachable = error instanceof Error && error.message === "jitsi_unreachable";
        const { domain } = input.config.jitsi;
        problem.textContent = unreachable ? t("stage.unreachable", { domain }) : errorText(error);
        problem.hidden = false;
      }
    });
    return [button, make("p", { class: "muted" }, t("stage.join_advice"))];
  }

  /** @param {StageInput} input */
  async #enter(input) {
    const [ticket, JitsiMeetExternalAPI] = await Promise.all([this.#join(), loadJitsi(input.config.jitsi.script_url)]);
    const frame = make("div", { class: "video", id: "video" });
    this.#drawn = "";
    this.#main.dataset.stage = "video";
    this.#stage.replaceChildren(make("h2", { id: "stage-heading", class: "hidden-text", tabindex: "-1" }, t("stage.video")), frame);
    this.#call = new JitsiFrame(JitsiMeetExternalAPI, frame, {
      domain: ticket.jitsi_domain ?? input.config.jitsi.domain,
      room: ticket.jitsi_room_name,
      jwt: ticket.jwt ?? null,
      password: ticket.jitsi_room_password ?? null,
      subject: input.session.title,
      name: input.name,
      isHost: input.isHost,
      over: () => {
        this.#call = null;
        this.#left = true;
        this.#draw(true);
        document.getElementById("join-video")?.focus();
      },
    });
  }

  /** @param {HTMLElement} problem */
  async #ask(problem) {
    if (this.#asking) return;
    this.#asking = true;
    try {
      this.#ticket = await this.#join();
      this.#draw(true);
    } catch (error) {
      problem.textContent = errorText(error);
      problem.hidden = false;
    } finally {
      this.#asking = false;
    }
  }
}

/** @param {StageInput} input */
function neverHeld({ session, isHost }) {
  return make("div", { class: "card stage-card" },
    make("h2", { id: "stage-heading", tabindex: "-1" }, t("stage.never_held")),
    make("p", {}, timeSpan(session.scheduled_start_at, session.scheduled_end_at)),
    make("p", { class: "muted" }, t(isHost ? "stage.never_held_host" : "stage.never_held_advice")),
    make("a", { class: "button quiet", href: at("/") }, t("stage.to_sessions")));
}

/** @param {any} session @param {HTMLElement} reopening */
function over(session, reopening) {
  const cancelled = session.status === "cancelled";
  const start = session.actual_start_at ?? session.scheduled_start_at;
  const end = session.actual_end_at ?? session.scheduled_end_at;
  const recording = isWeb(session.recording_url)
    ? outsideLink(session.recording_url, "button", t("stage.recording"))
    : null;
  return make("div", { class: "card stage-card" },
    make("h2", { id: "stage-heading", tabindex: "-1" }, t(cancelled ? "stage.cancelled" : "stage.ended")),
    make("p", {}, timeSpan(start, end)),
    session.ended_by === "system" ? make("p", {}, t("stage.ended_by_itself")) : null,
    reopening,
    cancelled ? null : make("p", { class: "muted" }, t("stage.ended_advice")),
    recording,
    make("a", { class: "button quiet", href: at("/") }, t("stage.to_sessions")));
}
