// @ts-check
/** When somebody was in a class, drawn on the line of its length; in words for whoever does not see it. */

import { clockTime } from "../format.js";
import { t } from "../i18n.js";

/** Units of the drawing, which is stretched to its place. */
const WIDTH = 1000;
const HEIGHT = 20;
/** So wide is drawn what was short. */
const LEAST = 3;

/**
 * @param {readonly import("./roll-call.js").Segment[]} segments
 * @param {{start: number, end: number, lateAt: number}} line Moments, in ms since 1970; `end` is now while the class runs.
 * @returns {SVGElement}
 */
export function timeLine(segments, { start, end, lateAt }) {
  const words = segmentsText(segments);
  const length = Math.max(end - start, 1);
  /** @param {number} moment */
  const at = (moment) => (Math.min(Math.max(moment, start), end) - start) * WIDTH / length;
  const drawn = segments.map(({ joined_at: from, left_at: to }) => {
    const left = at(Date.parse(from));
    const right = at(to === null ? end : Date.parse(to));
    // Who has only waited before the start was not in the class.
    if (right <= left && Date.parse(from) < start) return null;
    const [x, width] = [String(Math.min(left, WIDTH - LEAST)), String(Math.max(right - left, LEAST))];
    return svg("rect", { class: "line-here", x, width, y: "3", height: String(HEIGHT - 6) });
  });
  const late = svg("line", { class: "line-late", x1: String(at(lateAt)), x2: String(at(lateAt)), y1: "0", y2: String(HEIGHT) });
  const picture = svg("svg", {
    class: "time-line", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": words,
  });
  const title = svg("title", {});
  title.textContent = words;
  picture.append(title, svg("rect", { class: "line-class", x: "0", y: "8", width: String(WIDTH), height: "4" }));
  for (const part of drawn) if (part) picture.append(part);
  if (lateAt > start && lateAt < end) picture.append(late);
  return picture;
}

/** @param {readonly import("./roll-call.js").Segment[]} segments */
export function segmentsText(segments) {
  if (segments.length === 0) return t("attendance.never");
  return segments.map(({ joined_at: from, left_at: to }) =>
    `${clockTime(from)} – ${to === null ? t("attendance.now") : clockTime(to)}`).join(", ");
}

/**
 * @param {import("./roll-call.js").Rules} rules
 * @returns {{start: number, end: number, lateAt: number} | null} Null for a class that has not begun.
 */
export function lineOf({ session, late_after_minutes: late }) {
  if (session.actual_start_at === null) return null;
  const start = Date.parse(session.actual_start_at);
  const end = session.actual_end_at === null ? Date.now() : Date.parse(session.actual_end_at);
  return { start, end, lateAt: start + late * 60_000 };
}

/** @param {string} tag @param {Record<string, string>} attributes */
function svg(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return /** @type {SVGElement} */ (element);
}
