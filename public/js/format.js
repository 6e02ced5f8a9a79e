// @ts-check
/** Times and names for people, in the page's language and the viewer's time zone. */

import { locale } from "./i18n.js";

/** @param {string} iso */
export function clockTime(iso) {
  return format(iso, { timeStyle: "short" });
}

/** @param {string} iso */
export function dayAndTime(iso) {
  return format(iso, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
}

/**
 * A span of time on one day, or over two.
 *
 * @param {string} start
 * @param {string} end
 */
export function timeSpan(start, end) {
  const [from, to] = [new Date(start), new Date(end)];
  if (Number.isNaN(from.getTime()) || Number.isNaN(to.getTime())) return "";
  const options = /** @type {const} */ ({
    weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short",
  });
  return new Intl.DateTimeFormat(locale(), options).formatRange(from, to);
}

/**
 * "in 5 minutes", "3 days ago".
 *
 * @param {number} ms From now; negative = past.
 */
export function relative(ms) {
  const formatter = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  const seconds = ms / 1000;
  const size = Math.abs(seconds);
  if (size < 90) return formatter.format(Math.round(seconds), "second");
  if (size < 90 * 60) return formatter.format(Math.round(seconds / 60), "minute");
  if (size < 36 * 3600) return formatter.format(Math.round(seconds / 3600), "hour");
  return formatter.format(Math.round(seconds / 86_400), "day");
}

/** @param {{first_name?: string, last_name?: string, email?: string} | null | undefined} user */
export function fullName(user) {
  return [user?.first_name, user?.last_name].filter(Boolean).join(" ") || user?.email || "";
}

/**
 * Up to two letters that stand for a name.
 *
 * @param {string} name
 */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((/** @type {string} */ word) => [...word][0]?.toLocaleUpperCase(locale()) ?? "").join("");
}

/** @param {string} iso @param {Intl.DateTimeFormatOptions} options */
function format(iso, options) {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? "" : new Intl.DateTimeFormat(locale(), options).format(date);
}
