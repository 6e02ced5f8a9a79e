// @ts-check
/** One's own attendance of a class: what the record says, when one was there, and what a host has said beside it. */

import { make } from "../dom.js";
import { t } from "../i18n.js";
import { api } from "../page.js";
import { correctionNote, correctionText, lengthText, rulesText, statusTag, timeOrNone } from "./roll-call.js";
import { lineOf, segmentsText, timeLine } from "./time-line.js";

/**
 * @typedef {import("./roll-call.js").Correction} Correction
 * @typedef {import("./roll-call.js").Rules & import("./roll-call.js").Attender &
 *           {segments: import("./roll-call.js").Segment[]}} Own
 */

export class OwnAttendance {
  element = make("div", { class: "view" });
  #own;
  #corrections;

  /** @param {Own} own @param {Correction[]} corrections */
  constructor(own, corrections) {
    this.#own = own;
    this.#corrections = corrections;
  }

  /** @param {number} id Of the class. @returns {Promise<OwnAttendance>} */
  static async read(id) {
    const path = `/api/live-sessions/${id}/attendance`;
    /** @type {Own} */
    const own = await api.send("GET", `${path}/me`);
    const corrections = own.corrected ? await api.send("GET", `${path}/${own.user.id}/corrections`) : [];
    const view = new OwnAttendance(own, corrections);
    view.draw();
    return view;
  }

  /** Also after a change of the language. */
  draw() {
    const own = this.#own;
    const line = lineOf(own);
    const earlier = this.#corrections.slice(1);
    this.element.replaceChildren(
      make("h1", { dir: "auto" }, own.session.title),
      make("p", { class: "muted" }, own.session.course.title),
      make("section", { class: "card stacked", "aria-labelledby": "own-title" },
        make("h2", { id: "own-title" }, t("attendance.own_title")),
        make("p", {}, statusTag(own.status)),
        correctionNote(own),
        earlier.length > 0 ? make("details", {}, make("summary", {}, t("attendance.all_corrections")),
          make("ol", { class: "corrections" }, ...earlier.map((one) =>
            make("li", {}, statusTag(one.status), " ", correctionText(one))))) : null,
        make("p", {}, `${t("attendance.first")}: ${timeOrNone(own.first_joined_at)}`),
        line ? make("p", {}, `${t("attendance.length")}: ${lengthText(own)}`) : null,
        line ? timeLine(own.segments, line) : null,
        make("p", { class: "muted" }, segmentsText(own.segments)),
        make("p", { class: "muted" }, rulesText(own))));
  }
}
