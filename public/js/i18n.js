// @ts-check
/** The page's two languages: which one, and every sentence in it. */

import { onDevice } from "./kept.js";
import { en } from "./language/en.js";
import { fr } from "./language/fr.js";

/** @typedef {"en" | "fr"} Language */

/** @type {Record<Language, Record<string, string>>} */
const SENTENCES = { en, fr };
const KEY = "amphi.language";

/** @type {Language} */
let current = preferred();
/** @type {Set<() => void>} */
const listeners = new Set();

/** @returns {Language[]} */
export function languages() {
  return ["en", "fr"];
}

/** @returns {Language} */
export function language() {
  return current;
}

/**
 * The page's language as the viewer's region writes it: "en-GB" for a British browser. For dates and numbers.
 *
 * @returns {string}
 */
export function locale() {
  return navigator.languages.find((tag) => tag.slice(0, 2).toLowerCase() === current) ?? current;
}

/**
 * Changes the language of the whole page, and remembers it.
 *
 * @param {string} wanted
 */
export function setLanguage(wanted) {
  if (!isKnown(wanted)) return;
  current = wanted;
  onDevice.set(KEY, wanted);
  translatePage();
  for (const listener of listeners) listener();
}

/** @param {() => void} listener Called after every change of language. */
export function onLanguageChange(listener) {
  listeners.add(listener);
}

/**
 * A sentence. `{name}` is replaced by a value; with `count`, the plural form is taken: `key.one`, `key.other`.
 *
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const sentences = SENTENCES[current];
  const count = values.count;
  const form = typeof count === "number" ? `${key}.${new Intl.PluralRules(current).select(count)}` : key;
  const sentence = sentences[form] ?? sentences[`${key}.other`] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/**
 * The sentence for a refusal: ours by its code, else the hub's own.
 *
 * @param {any} error An ApiError, a ChannelError or a bare {code, message}.
 * @returns {string}
 */
export function errorText(error) {
  const own = SENTENCES[current][`error.${error?.code}`];
  return own ?? (error?.message || t("error.internal"));
}

/**
 * Fills `data-text` (text), `data-label` (aria-label) and `data-hint` (placeholder) of everything under `root`.
 *
 * @param {ParentNode} [root]
 */
export function translatePage(root = document) {
  document.documentElement.lang = current;
  for (const element of root.querySelectorAll("[data-text]")) {
    element.textContent = t(element.getAttribute("data-text") ?? "");
  }
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.getAttribute("data-label") ?? ""));
  }
  for (const element of root.querySelectorAll("[data-hint]")) {
    element.setAttribute("placeholder", t(element.getAttribute("data-hint") ?? ""));
  }
}

/** @param {string} tag @returns {tag is Language} */
function isKnown(tag) {
  return tag in SENTENCES;
}

/** @returns {Language} */
function preferred() {
  const wanted = [onDevice.get(KEY) ?? "", ...navigator.languages].map((tag) => tag.slice(0, 2).toLowerCase());
  return wanted.find(isKnown) ?? "en";
}
