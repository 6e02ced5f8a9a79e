// @ts-check
/** The stage: the wait before a class, the video while it is live, the end after it. */

import { at } from "../base.js";
import { byID, make, outsideLink, webAddress } from "../dom.js";
import { clockTime, relative, timeSpan } from "../format.js";
import { onLanguageChange, t } from "../i18n.js";
import { currentIdentity, guestPage } from "../identity.js";
import { isNeverHeld } from "../sessions/session-status.js";
import { JitsiFrame, JitsiTrouble, forgetJitsi, loadJitsi } from "./jitsi-frame.js";
import { Reopening } from "./reopening.js";
import { lateNotice, troubleView } from "./video-trouble.js";

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
  #entering = false;
  /** @type {import("./video-trouble.js").Trouble | null} Why the call is not in this page. */
  #trouble = null;
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
    onLanguageChange(() => {
      this.#call?.setTitle(t("stage.video"));
      if (this.#call) byID("stage-heading").textContent = t("stage.video");
      this.#draw(true);
    });
  }

  /** @param {StageInput} input */
  update(input) {
    this.#input = input;
    if (input.session.status !== "live") {
      this.#call?.end();
      this.#left = false;
      this.#trouble = null;
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
      isHost, this.#left, this.#entering, input.notOpenUntil, isNeverHeld(session, this.#now()),
      this.#ticket?.jitsi_join_url ?? null,
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
      default: return over(input, this.#reopening.element);
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
    const card = make("div", { class: "card stage-card" },
      make("h2", { id: "stage-heading", tabindex: "-1" }, t(this.#left ? "stage.left" : "stage.live")));
    card.append(...(linkOnly ? this.#link(input) : this.#door(input)), this.#alerts);
    return card;
  }

  /**
   * The call is in another tab: a link, and why.
   *
   * @param {StageInput} input
   */
  #link(input) {
    const { domain } = input.config.jitsi;
    if (!this.#ticket && this.#trouble) {
      const retry = make("button", { type: "button", class: "large", id: "join-video", onclick: () => this.#ask() },
        t("stage.retry"));
      return [retry, ...troubleView(this.#trouble, domain)];
    }
    if (!this.#ticket) {
      this.#ask();
      return [make("p", { class: "muted" }, t("stage.preparing"))];
    }
    const { jitsi_join_url: url, jitsi_room_password: password } = this.#ticket;
    const newTab = make("span", { class: "hidden-text" }, ` ${t("stage.new_tab")}`);
    const open = outsideLink(url, "button large", t("stage.open_video"), newTab);
    const secret = make("details", {}, make("summary", {}, t("stage.password")), make("code", {}, password ?? ""));
    return [open, make("p", {}, t("stage.link_only", { domain })), ...(password ? [secret] : [])];
  }

  /**
   * The call is in this page, after a press: a camera is nothing to start by surprise.
   *
   * @param {StageInput} input
   */
  #door(input) {
    const label = this.#trouble ? "stage.retry" : this.#left ? "stage.rejoin" : "stage.join";
    const button = make("button", {
      type: "button", class: "large", id: "join-video", onclick: () => this.#enter(),
      // Not `disabled`: that would take the focus away.
      "aria-disabled": this.#entering ? "true" : null,
    }, t(this.#entering ? "stage.preparing" : label));
    const trouble = this.#trouble ? troubleView(this.#trouble, input.config.jitsi.domain) : [];
    return [button, ...trouble, make("p", { class: "muted" }, t("stage.join_advice"))];
  }

  async #enter() {
    if (this.#entering || !this.#input) return;
    const { script_url: source } = this.#input.config.jitsi;
    this.#entering = true;
    this.#trouble = null;
    this.#redraw();
    /** @type {any} */
    let ticket = null;
    try {
      const script = loadJitsi(source);
      // A refusal of the hub is told rather than one of the script, which is then nobody's any more.
      script.catch(() => {});
      ticket = await this.#join();
      const JitsiMeetExternalAPI = await script;
      // The class may have ended in the meantime.
      if (this.#input.session.status === "live") this.#show(this.#input, ticket, JitsiMeetExternalAPI);
    } catch (error) {
      if (error instanceof JitsiTrouble) forgetJitsi(source);
      this.#trouble = { error, url: error instanceof JitsiTrouble ? ticket?.jitsi_join_url ?? null : null };
      this.#forgetLink(ticket?.expires_at);
    }
    this.#entering = false;
    this.#redraw();
  }

  /**
   * The link of a trouble opens the room as long as its token lasts.
   *
   * @param {string | null | undefined} end
   */
  #forgetLink(end) {
    const trouble = this.#trouble;
    if (!trouble?.url || !end) return;
    setTimeout(() => {
      trouble.url = null;
      if (this.#trouble === trouble) this.#redraw();
    }, Math.max(0, Date.parse(end) - this.#now()));
  }

  /** Draws the card anew; who was in it finds the focus on the way to the video. */
  #redraw() {
    const wasHere = this.#stage.contains(document.activeElement);
    this.#draw(true);
    if (wasHere) document.getElementById("join-video")?.focus();
  }

  /** @param {StageInput} input @param {any} ticket @param {any} JitsiMeetExternalAPI */
  #show(input, ticket, JitsiMeetExternalAPI) {
    const domain = ticket.jitsi_domain ?? input.config.jitsi.domain;
    const wasHere = this.#stage.contains(document.activeElement);
    const frame = make("div", { class: "video", id: "video" });
    const late = make("p", { class: "notice late", role: "status", hidden: true });
    this.#drawn = "";
    this.#main.dataset.stage = "video";
    this.#stage.replaceChildren(
      make("h2", { id: "stage-heading", class: "hidden-text", tabindex: "-1" }, t("stage.video")), late, frame);
    if (wasHere) this.focus();
    this.#call = new JitsiFrame(JitsiMeetExternalAPI, frame, {
      domain,
      room: ticket.jitsi_embed_room ?? ticket.jitsi_room_name,
      jwt: ticket.jwt ?? null,
      password: ticket.jitsi_room_password ?? null,
      config: ticket.jitsi_config ?? {},
      name: input.name,
      title: t("stage.video"),
      isHost: input.isHost,
      late: (isLate) => {
        late.hidden = !isLate;
        late.replaceChildren(...(isLate ? lateNotice(domain, ticket.jitsi_join_url) : []));
      },
      over: () => {
        this.#call = null;
        this.#left = true;
        this.#draw(true);
        document.getElementById("join-video")?.focus();
      },
    });
  }

  async #ask() {
    if (this.#asking) return;
    this.#asking = true;
    try {
      this.#ticket = await this.#join();
      this.#trouble = null;
    } catch (error) {
      this.#trouble = { error, url: null };
    } finally {
      this.#asking = false;
    }
    this.#redraw();
  }
}

/** @param {StageInput} input */
function neverHeld({ session, isHost }) {
  return make("div", { class: "card stage-card" },
    make("h2", { id: "stage-heading", tabindex: "-1" }, t("stage.never_held")),
    make("p", {}, timeSpan(session.scheduled_start_at, session.scheduled_end_at)),
    make("p", { class: "muted" }, t(isHost ? "stage.never_held_host" : "stage.never_held_advice")),
    toSessions());
}

/** @param {StageInput} input @param {HTMLElement} reopening */
function over({ session, isHost }, reopening) {
  const cancelled = session.status === "cancelled";
  const start = session.actual_start_at ?? session.scheduled_start_at;
  const end = session.actual_end_at ?? session.scheduled_end_at;
  const address = webAddress(session.recording_url);
  const recording = address === null ? null : outsideLink(address, "button", t("stage.recording"));
  return make("div", { class: "card stage-card" },
    make("h2", { id: "stage-heading", tabindex: "-1" }, t(cancelled ? "stage.cancelled" : "stage.ended")),
    make("p", {}, timeSpan(start, end)),
    session.ended_by === "system" ? make("p", {}, t("stage.ended_by_itself")) : null,
    reopening,
    cancelled ? null : make("p", { class: "muted" }, t("stage.ended_advice")),
    recording,
    cancelled || isOnlyGuest() ? null : make("a", { class: "button quiet", href: at(`/class/${session.id}/attendance`) },
      t(isHost ? "attendance.page" : "attendance.page_own")),
    toSessions());
}

/** A guest has no list of sessions. */
function toSessions() {
  if (isOnlyGuest()) return null;
  return make("a", { class: "button quiet", href: at("/") }, t("stage.to_sessions"));
}

function isOnlyGuest() {
  return guestPage(currentIdentity()) !== null;
}
