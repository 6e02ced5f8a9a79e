// @ts-check
/** What the hub says of who came to a class, and its words for it. */

import { make } from "../dom.js";
import { clockTime, dayAndTime, fullName } from "../format.js";
import { locale, t } from "../i18n.js";

/**
 * @typedef {{id: number, first_name: string, last_name: string}} Named
 * @typedef {"here" | "late" | "left" | "absent" | "expected" | "present" | "left_early" | "excused"} Status
 * @typedef {{id: number, status: Status, reason: string, by: Named | null, at: string}} Correction
 * @typedef {{user: Named, role: string, is_expected: boolean, status: Status, recorded_status: Status,
 *            first_joined_at: string | null, attendance_seconds: number, attendance_percent: number,
 *            corrected: Correction | null}} Attender
 * @typedef {{session: {id: number, title: string, status: string, course: {id: number, title: string},
 *            actual_start_at: string | null, actual_end_at: string | null},
 *            late_after_minutes: number, present_percent: number}} Rules
 * @typedef {Rules & {expected: number, here: number, people: Attender[]}} RollCall
 * @typedef {{joined_at: string, left_at: string | null}} Segment
 */

/** Those that a host may set beside the record. */
export const CORRECTIONS = /** @type {const} */ (["present", "late", "left_early", "absent", "excused"]);

/** @param {Status} status */
export function statusTag(status) {
  return make("span", { class: `tag attendance-${status}` }, t(`attendance.${status}`));
}

/**
 * The newest correction beside what the record says; null where there is none.
 *
 * @param {Attender} attender
 */
export function correctionNote({ corrected, recorded_status: recorded }) {
  if (!corrected) return null;
  return make("p", { class: "muted correction" },
    t("attendance.recorded", { status: t(`attendance.${recorded}`) }), " ", correctionText(corrected));
}

/** @param {Correction} correction Without its status. */
export function correctionText({ by, at, reason }) {
  const name = by ? fullName(by) : t("moderation.somebody");
  return make("span", {}, `${t("attendance.corrected_by", { name, time: dayAndTime(at) })} `, make("bdi", {}, reason));
}

/** @param {string | null} iso */
export function timeOrNone(iso) {
  return iso === null ? "–" : clockTime(iso);
}

/** @param {Attender} attender How long, and what part of the class that is. */
export function lengthText({ attendance_seconds: seconds, attendance_percent: part }) {
  return `${t("attendance.minutes", { count: Math.floor(seconds / 60) })} (${percent(part)})`;
}

/** @param {Rules} rules */
export function rulesText({ late_after_minutes: late, present_percent: present }) {
  return t("attendance.rules", { late, percent: percent(present) });
}

/** @param {number} whole */
function percent(whole) {
  return new Intl.NumberFormat(locale(), { style: "percent" }).format(whole / 100);
}
