// @ts-check
/** For hosts during the class: who of those who are expected is here, late or missing, and what is said beside the record. */

import { askForCorrection, mayCorrect } from "../attendance/correction.js";
import { correctionNote, statusTag } from "../attendance/roll-call.js";
import { at } from "../base.js";
import { button, byID, make, setText } from "../dom.js";
import { clockTime, fullName } from "../format.js";
import { language, onLanguageChange, t } from "../i18n.js";
import { api } from "../page.js";

/**
 * @typedef {import("../attendance/roll-call.js").Attender} Attender
 * @typedef {import("../attendance/roll-call.js").RollCall} RollCall
 */

/** People who come all at once are read once. */
const PAUSE_MS = 2_000;
/** Who is missing stands first. */
const ORDER = ["absent", "left", "left_early", "expected", "late", "here", "present", "excused"];

export class RollCallView {
  #client;
  #class;
  #box = /** @type {HTMLDetailsElement} */ (byID("roll"));
  #list = byID("roll-list");
  /** @type {RollCall | null} */
  #rollCall = null;
  #isReading = false;
  /** @type {string} What was known of the class when it was read. */
  #asOf = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pause;
  #drawn = "";

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {{id: number, may: (command: string) => boolean, showProblem: (error: any) => void}} theClass
   */
  constructor(client, theClass) {
    this.#client = client;
    this.#class = theClass;
    byID("attendance-page").setAttribute("href", at(`/class/${theClass.id}/attendance`));
    this.#box.addEventListener("toggle", () => {
      this.#asOf = "";
      this.update();
    });
    onLanguageChange(() => this.#draw());
  }

  update() {
    const isOffered = this.#class.may("moderation.mute") && this.#client.connection.phase === "open";
    this.#box.hidden = !isOffered;
    if (isOffered && this.#box.open && this.#asOf !== this.#now) this.#readSoon();
    this.#draw();
  }

  /** What changes the roll-call: the class, and who is here. */
  get #now() {
    const { presence, session } = this.#client.state;
    return `${presence.version} ${session?.status}`;
  }

  #readSoon() {
    if (this.#pause !== undefined || this.#isReading) return;
    const wait = this.#asOf === "" ? 0 : PAUSE_MS;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      void this.#read();
    }, wait);
  }

  async #read() {
    this.#isReading = true;
    this.#asOf = this.#now;
    try {
      this.#rollCall = await api.send("GET", `/api/live-sessions/${this.#class.id}/roll-call`);
    } catch (error) {
      this.#class.showProblem(error);
    }
    this.#isReading = false;
    this.update();
  }

  #draw() {
    const rollCall = this.#rollCall;
    if (!rollCall) return setText(byID("roll-title"), t("attendance.roll_untold"));
    const { people, session, here, expected: count } = rollCall;
    setText(byID("roll-title"), t("attendance.roll", { here, expected: count }));
    const rank = (/** @type {Attender} */ { status }) => ORDER.indexOf(status);
    const expected = people.filter((one) => one.is_expected).sort((a, b) => rank(a) - rank(b));
    // What counts on by itself is not shown.
    const shown = expected.map(({ user, status, recorded_status, corrected }) => [user, status, recorded_status, corrected]);
    const drawn = JSON.stringify([language(), session.status, shown]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const focused = document.activeElement?.closest("#roll-list li")?.getAttribute("data-id") ?? null;
    this.#list.replaceChildren(...expected.map((one) => this.#item(one, session.status)));
    byID("nobody-expected").hidden = expected.length > 0;
    if (focused === null) return;
    const near = this.#list.querySelector(`[data-id="${focused}"] button`) ?? byID("roll-title");
    /** @type {HTMLElement} */ (near).focus();
  }

  /** @param {Attender} attender @param {string} status Of the class. */
  #item(attender, status) {
    const { user, first_joined_at: first } = attender;
    const name = fullName(user);
    const correct = async () => {
      if (await askForCorrection(this.#class.id, attender)) await this.#read();
    };
    const time = attender.recorded_status === "late" && first ? ` ${t("attendance.since", { time: clockTime(first) })}` : "";
    return make("li", { class: "person", "data-id": String(user.id) },
      make("span", { class: "guest-text" },
        make("span", {}, make("span", { class: "person-name", dir: "auto" }, name), " ", statusTag(attender.status), time),
        correctionNote(attender)),
      mayCorrect(attender, status, this.#client.state.me?.user.id)
        ? button(t("attendance.correct"), "small quiet", correct, { "aria-label": t("attendance.correct_of", { name }) }) : null);
  }
}
