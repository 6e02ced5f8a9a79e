// @ts-check
/** JSON that every reader takes: text in which no half of a surrogate pair is left. */

/**
 * Half an emoji (a cut at the wrong place, a broken keyboard) cannot be written as UTF-8; the hub refuses the whole frame.
 *
 * @param {string} text
 * @returns {string} The same text, with U+FFFD for every half.
 */
export function wellFormed(text) {
  // `toWellFormed` does the same, in browsers of 2023 and later.
  return text.replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDFFF]/g, (found) => (found.length === 2 ? found : "\uFFFD"));
}

/**
 * @param {unknown} value
 * @returns {string} As JSON, with all its texts well-formed.
 */
export function encoded(value) {
  return JSON.stringify(value, (_, part) => (typeof part === "string" ? wellFormed(part) : part));
}
