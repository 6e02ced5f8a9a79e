// @ts-check
/** A sentence about what a host did to somebody, with the reason that the host has given. */

import { make } from "../dom.js";
import { t } from "../i18n.js";

/**
 * @param {string} sentence
 * @param {string | null | undefined} reason
 * @returns {(string | HTMLElement)[]}
 */
export function reasoned(sentence, reason) {
  if (!reason) return [sentence];
  // In whatever direction it is written, it stands after its label.
  return [`${sentence} ${t("moderation.because")} `, make("bdi", {}, reason)];
}

/**
 * Shows it, if it is another one: a live region speaks whenever it is written.
 *
 * @param {HTMLElement} element
 * @param {string} sentence
 * @param {string | null | undefined} reason
 */
export function showReasoned(element, sentence, reason) {
  const parts = reasoned(sentence, reason);
  const text = parts.map((part) => (typeof part === "string" ? part : part.textContent)).join("");
  if (element.textContent !== text) element.replaceChildren(...parts);
}
