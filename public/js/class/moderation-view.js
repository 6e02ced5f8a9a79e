// @ts-check
/** For hosts: how the class may write, and what was done to whom. */

import { byID, make, setText } from "../dom.js";
import { clockTime } from "../format.js";
import { onLanguageChange, t } from "../i18n.js";
import { api } from "../page.js";

const MODES = /** @type {const} */ (["open", "questions", "locked"]);
/** Acts whose value is a part of their sentence. */
const EACH = ["cohost", "guest", "question.approval", "question.anonymity"];
const WAITS_S = [0, 10, 30, 60, 300];

export class ModerationView {
  #client;
  #class;
  #mode = make("select", { id: "chat-mode" });
  #slow = make("select", { id: "chat-slow" });
  #approval = make("input", { type: "checkbox", id: "questions-approval" });
  #anonymous = make("input", { type: "checkbox", id: "questions-anonymous" });
  #acts = make("ol", { class: "acts", "data-label": "moderation.acts" });
  #drawn = "";

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {{id: number, session: () => any, may: (command: string) => boolean,
   *          showProblem: (error: any) => void}} theClass
   */
  constructor(client, theClass) {
    this.#client = client;
    this.#class = theClass;
    this.#mode.addEventListener("change", () => this.#set("chat.mode", { mode: this.#mode.value }));
    this.#slow.addEventListener("change", () => this.#set("chat.slow", { seconds: Number(this.#slow.value) }));
    this.#approval.addEventListener("change", () =>
      this.#set("session.update", { questions_need_approval: this.#approval.checked }));
    this.#anonymous.addEventListener("change", () =>
      this.#set("session.update", { is_anonymous_allowed: this.#anonymous.checked }));
    // Where there is little room the chat has it, and the rules open by a press.
    /** @type {HTMLDetailsElement} */ (byID("chat-rules")).open = matchMedia("(min-width: 52em) and (min-height: 36em)").matches;
    byID("acts").addEventListener("toggle", () => this.#readActs());
    onLanguageChange(() => {
      this.#drawn = "";
      this.update();
    });
  }

  update() {
    const isOffered = this.#class.may("chat.mode") && this.#client.connection.phase === "open";
    byID("chat-rules").hidden = byID("acts").hidden = !isOffered;
    setText(byID("acts-title"), t("moderation.acts"));
    if (!isOffered) return;
    const session = this.#class.session();
    const { chat_mode: mode, slow_mode_seconds: seconds } = session;
    const [approval, anonymous] = [session.questions_need_approval === true, session.is_anonymous_allowed !== false];
    const { moderation, seq } = this.#client.state;
    const drawn = JSON.stringify([mode, seconds, approval, anonymous, moderation, t("moderation.rules")]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#drawRules(String(mode), Number(seconds));
    this.#approval.checked = approval;
    this.#anonymous.checked = anonymous;
    if (seq > 0) this.#readActs();
  }

  /** @param {string} mode @param {number} seconds */
  #drawRules(mode, seconds) {
    if (!this.#mode.isConnected) {
      byID("chat-rules").append(make("div", { class: "row" },
        make("label", {}, make("span", { id: "chat-mode-label" }), this.#mode),
        make("label", {}, make("span", { id: "chat-slow-label" }), this.#slow),
        make("label", { class: "check" }, this.#approval, make("span", { id: "approval-label" })),
        make("label", { class: "check" }, this.#anonymous, make("span", { id: "anonymous-label" }))));
    }
    setText(byID("approval-label"), t("rules.approval"));
    setText(byID("anonymous-label"), t("rules.anonymous"));
    setText(byID("chat-mode-label"), t("moderation.mode"));
    setText(byID("chat-slow-label"), t("moderation.slow"));
    const waits = WAITS_S.includes(seconds) ? WAITS_S : [...WAITS_S, seconds].sort((a, b) => a - b);
    this.#mode.replaceChildren(...MODES.map((one) => make("option", { value: one }, t(`moderation.mode_${one}`))));
    this.#slow.replaceChildren(...waits.map((one) => make("option", { value: String(one) },
      one === 0 ? t("moderation.slow_off") : t("moderation.slow_wait", { seconds: one }))));
    this.#mode.value = mode;
    this.#slow.value = String(seconds);
  }

  /** @param {"chat.mode" | "chat.slow" | "session.update"} type @param {Record<string, unknown>} fields */
  async #set(type, fields) {
    try {
      await this.#client.request(type, fields);
    } catch (error) {
      this.#class.showProblem(error);
      // What was taken is shown by the event; the answer may come before it, and must not show the old rule once more.
      this.#drawn = "";
      this.update();
    }
  }

  async #readActs() {
    const box = /** @type {HTMLDetailsElement} */ (byID("acts"));
    if (!box.open) return;
    try {
      const acts = await api.send("GET", `/api/live-sessions/${this.#class.id}/moderation?limit=50`);
      this.#drawActs(acts);
    } catch (error) {
      this.#class.showProblem(error);
    }
  }

  /** @param {any[]} acts */
  #drawActs(acts) {
    this.#acts.replaceChildren(...acts.map((act) => make("li", {},
      make("span", { dir: "auto" }, sentence(act)),
      act.reason ? make("span", { class: "muted", dir: "auto" }, ` ${act.reason}`) : null)));
    if (acts.length === 0) this.#acts.replaceChildren(make("li", { class: "muted" }, t("moderation.no_acts")));
    if (!this.#acts.isConnected) byID("acts").append(this.#acts);
  }
}

/** @param {any} act Of the audit list. */
function sentence(act) {
  const values = {
    time: clockTime(act.at), by: nameOf(act.by), name: nameOf(act.user),
    value: valueOf(act),
  };
  return t(`moderation.did_${kindOf(act)}`, values);
}

/** @param {any} act */
function valueOf({ action, value }) {
  if (action === "chat.mode") return t(`moderation.mode_${value}`);
  return action === "attendance.correct" ? t(`attendance.${value}`) : String(value ?? "");
}

/** @param {any} act */
function kindOf({ action, scope, value }) {
  if (action === "ban" && scope === "course") return "ban_course";
  const name = String(action).replaceAll(".", "_");
  // What is either so or not, or one of a few steps, has a sentence for each.
  return EACH.includes(action) ? `${name}_${value}` : name;
}

/** @param {any} person */
function nameOf(person) {
  if (!person) return t("moderation.somebody");
  return `${person.first_name} ${person.last_name}`.trim() || `#${person.id}`;
}
