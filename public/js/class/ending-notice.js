// @ts-check
/** The announcement that a class ends by itself: why, and what one can do about it. */

import { at } from "../base.js";
import { byID, make } from "../dom.js";
import { clockTime } from "../format.js";
import { t } from "../i18n.js";

/** No class runs longer, with a host or without one (RestAPI.md). */
const LONGEST_MS = 12 * 3600_000;

let shown = "";

/**
 * @param {any} session
 * @param {boolean} isHost
 */
export function showEnding(session, isHost) {
  const { ending_at: end, actual_start_at: start } = session;
  const isLongest = Date.parse(end) - Date.parse(start) >= LONGEST_MS;
  const key = `class.ending${isLongest ? "_longest" : ""}${isHost ? "_host" : ""}`;
  const text = end ? t(key, { time: clockTime(end) }) : "";
  // A live region: it speaks only when there is something new.
  if (text === shown) return;
  shown = text;
  byID("ending").hidden = text === "";
  byID("ending").replaceChildren(text, ...(text && isLongest && isHost ? [" ", planning()] : []));
}

/** In a tab of its own: the class goes on in this one. */
function planning() {
  return make("a", { href: at("/"), target: "_blank" },
    t("class.plan_next"), make("span", { class: "hidden-text" }, ` ${t("stage.new_tab")}`));
}
