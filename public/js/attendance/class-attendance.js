// @ts-check
/** The attendance of a class for its hosts: everybody on the line of time, corrections beside the record, the file. */

import { button, make } from "../dom.js";
import { clockTime, fullName } from "../format.js";
import { language, t } from "../i18n.js";
import { currentIdentity } from "../identity.js";
import { api, refusalText } from "../page.js";
import { saveFile } from "../saved-file.js";
import { askForCorrection, mayCorrect } from "./correction.js";
import { correctionNote, correctionText, lengthText, rulesText, statusTag, timeOrNone } from "./roll-call.js";
import { lineOf, timeLine } from "./time-line.js";

/**
 * @typedef {import("./roll-call.js").Attender} Attender
 * @typedef {import("./roll-call.js").RollCall} RollCall
 * @typedef {import("./roll-call.js").Segment} Segment
 */

export class ClassAttendance {
  element = make("div", { class: "view" });
  #id;
  #problem = make("p", { class: "notice bad", role: "alert", hidden: true });
  #state = make("p", { role: "status" });
  #lists = make("div", { class: "view" });
  /** @type {RollCall} */
  #rollCall;
  /** @type {Map<number, Segment[]>} */
  #segments = new Map();

  /** @param {number} id Of the class. @param {RollCall} rollCall */
  constructor(id, rollCall) {
    this.#id = id;
    this.#rollCall = rollCall;
  }

  /** @param {number} id @returns {Promise<ClassAttendance>} */
  static async read(id) {
    const view = new ClassAttendance(id, await rollCallOf(id));
    await view.#readSegments();
    view.draw();
    return view;
  }

  /** Also after a change of the language. */
  draw() {
    const { session } = this.#rollCall;
    const file = () => this.#run(saveFile(
      `/api/live-sessions/${this.#id}/attendance.csv?everybody=true&lang=${language()}`, `attendance-${this.#id}.csv`));
    this.element.replaceChildren(
      make("h1", { dir: "auto" }, session.title),
      make("p", { class: "muted", dir: "auto" }, `${t("attendance.title")} · ${session.course.title}`),
      make("div", { class: "row" },
        button(t("attendance.csv"), "", file, { id: "csv" }),
        button(t("attendance.refresh"), "quiet", () => this.#refresh(), { id: "refresh" })),
      this.#problem, this.#state, make("p", { class: "muted" }, rulesText(this.#rollCall)), this.#lists);
    this.#drawLists();
  }

  #drawLists() {
    const { people, expected, here, session } = this.#rollCall;
    const key = session.status === "ended" ? "attendance.came" : "attendance.here_of";
    this.#state.textContent = t(key, { here, expected });
    const parts = [
      this.#list(t("attendance.expected_title"), people.filter((one) => one.is_expected)),
      this.#list(t("attendance.others_title"), people.filter((one) => !one.is_expected)),
    ];
    this.#lists.replaceChildren(...parts.flatMap((part) => (part ? [part] : [])));
  }

  /** @param {string} title @param {Attender[]} people */
  #list(title, people) {
    if (people.length === 0) return null;
    const line = lineOf(this.#rollCall);
    const span = line ? `${clockTime(new Date(line.start).toISOString())} – ${clockTime(new Date(line.end).toISOString())}` : "";
    const columns = [
      t("admin.name"), t("attendance.status"), t("attendance.first"), t("attendance.length"),
      `${t("attendance.line")} ${span}`, t("admin.actions"),
    ];
    return make("section", { class: "list" },
      make("h2", {}, title),
      make("div", { class: "scroll-x" }, make("table", { class: "cards-on-phone attendance", role: "table" },
        make("thead", { role: "rowgroup" }, make("tr", { role: "row" },
          ...columns.map((column) => make("th", { scope: "col", role: "columnheader" }, column)))),
        make("tbody", { role: "rowgroup" }, ...people.map((one) => this.#row(one, columns))))));
  }

  /** @param {Attender} attender @param {string[]} columns */
  #row(attender, columns) {
    const { user, role, status, first_joined_at: first } = attender;
    const line = lineOf(this.#rollCall);
    const name = fullName(user);
    const correct = () => this.#correct(attender);
    const isOffered = mayCorrect(attender, this.#rollCall.session.status, currentIdentity()?.user.id);
    return make("tr", { role: "row", "data-id": String(user.id) },
      make("td", { role: "cell" }, make("strong", { dir: "auto" }, name),
        role === "participant" ? null : make("span", { class: "tag" }, t(`role.${role}`))),
      make("td", { role: "cell", class: "attendance-status" }, statusTag(status), correctionNote(attender), this.#history(attender)),
      make("td", { role: "cell", "data-title": columns[2] }, timeOrNone(first)),
      make("td", { role: "cell", "data-title": columns[3] }, line ? lengthText(attender) : "–"),
      make("td", { role: "cell", class: "line-cell" }, line ? timeLine(this.#segments.get(user.id) ?? [], line) : "–"),
      make("td", { role: "cell" }, isOffered ? button(t("attendance.correct"), "quiet small", correct, {
        "aria-label": t("attendance.correct_of", { name }),
      }) : null));
  }

  /**
   * All corrections, the newest first, read when somebody wants to see them.
   *
   * @param {Attender} attender
   */
  #history({ user, corrected }) {
    if (!corrected) return null;
    const list = make("ol", { class: "corrections" });
    const box = make("details", {}, make("summary", {}, t("attendance.all_corrections")), list);
    box.addEventListener("toggle", async () => {
      if (!box.open || list.childElementCount > 0) return;
      /** @type {import("./roll-call.js").Correction[] | null} */
      const corrections = await this.#run(api.send("GET", `/api/live-sessions/${this.#id}/attendance/${user.id}/corrections`));
      list.replaceChildren(...(corrections ?? []).map((one) => make("li", {}, statusTag(one.status), " ", correctionText(one))));
    });
    return box;
  }

  /** @param {Attender} attender */
  async #correct(attender) {
    if (!await askForCorrection(this.#id, attender)) return;
    await this.#refresh();
    const again = this.element.querySelector(`tr[data-id="${attender.user.id}"] td:last-child button`);
    if (again instanceof HTMLElement) again.focus();
  }

  async #refresh() {
    await this.#run((async () => {
      this.#rollCall = await rollCallOf(this.#id);
      await this.#readSegments();
      this.#drawLists();
    })());
  }

  async #readSegments() {
    const { participants } = await api.send("GET", `/api/live-sessions/${this.#id}/attendance`);
    this.#segments = new Map(participants.map((/** @type {{user_id: number, segments: Segment[]}} */ one) =>
      [one.user_id, one.segments]));
  }

  /**
   * @template Answer
   * @param {Promise<Answer>} request
   * @returns {Promise<Answer | null>}
   */
  async #run(request) {
    this.#problem.hidden = true;
    try {
      return await request;
    } catch (error) {
      this.#problem.textContent = refusalText(error);
      this.#problem.hidden = false;
      return null;
    }
  }
}

/** @param {number} id @returns {Promise<RollCall>} */
function rollCallOf(id) {
  return api.send("GET", `/api/live-sessions/${id}/roll-call`);
}
