// @ts-check
/** Web addresses in a text that somebody wrote: where each begins and ends, where it leads, how it is shown. Pure. */

import { shownHost } from "./shown-host.js";

/**
 * @typedef {{shown: string, href: string | null}} TextPart  `href` null: plain text.
 */

/** Up to white space, an angle bracket, a straight quote, a picture, or a sign that nobody sees. */
const CANDIDATE = /https?:\/\/[^\s<>＜＞"＂`\p{Extended_Pictographic}\p{Cc}\p{Cf}\u2028\u2029]+/giu;
/** An address that begins right behind a sign that separates, or in another bracket, is a second one. */
const SECOND = /([,;|·،؛、，；…)\]}»”’」』】》〉〕⟩⟫〗｣][([{«“„‘‚‹（「『【《〈〔⟨⟪〖｢']?)https?:\/\//iu;
/** What closes a sentence or a quotation belongs to the text around the address. */
const CLOSING = new Set([
  ..." .,;:!?…‥*|‚‛«„‹‟·،؛؟۔।॥។៕。、，．！？；：‼⁇⁈⁉—–→←•†‡",
]);
/** Those belong to the address only if it has opened them, by one of these: “ opens in English and closes in German. */
const PAIRS = new Map([
  [")", "("], ["]", "["], ["}", "{"], ["»", "«"], ["”", "“„"], ["“", "„"], ["’", "‘‚"], ["‘", "‚"], ["›", "‹"], ["）", "（"],
  ["〕", "〔"], ["⟩", "⟨"], ["⟫", "⟪"], ["〗", "〖"], ["｣", "｢"], ["」", "「"], ["』", "『"], ["】", "【"], ["》", "《"], ["〉", "〈"],
]);
/** A host ends at the first sign that none has; with what may stand before it. What follows is its path, or the text around. */
const AUTHORITY = /^https?:\/\/(?:\[[\da-f:.]*\]?|[\p{L}\p{M}\p{N}._~%@:-])*/iu;
/** The name of a host has at most 253 characters. A long one leads nowhere, and browsers take long to encode it. */
const LONG_HOST = /^https?:[/\\]*[^/\\?#]{300}/iu;

/**
 * @param {string} text
 * @returns {TextPart[]} Whose `shown`, put together, is the text, but for hosts that are shown in another way.
 */
export function textParts(text) {
  /** @type {TextPart[]} */
  const parts = [];
  let end = 0;
  for (const { start, candidate } of candidates(text)) {
    // Inside of a word it is none.
    if (/[\p{L}\p{N}]$/u.test(text.slice(Math.max(0, start - 2), start))) continue;
    const written = withoutTail(withoutWords(candidate), text.charAt(start - 1));
    const link = linkOf(written);
    if (!link) continue;
    if (start > end) parts.push({ shown: text.slice(end, start), href: null });
    parts.push(link);
    end = start + written.length;
  }
  if (end < text.length) parts.push({ shown: text.slice(end), href: null });
  return parts;
}

/**
 * @param {string} text
 * @returns {Iterable<{start: number, candidate: string}>} Each as long as it may be.
 */
function* candidates(text) {
  for (const found of text.matchAll(CANDIDATE)) {
    let [start, rest] = [found.index ?? 0, found[0]];
    for (let second = SECOND.exec(rest); second; second = SECOND.exec(rest)) {
      yield { start, candidate: rest.slice(0, second.index + 1) };
      const length = second.index + second[1].length;
      [start, rest] = [start + length, rest.slice(length)];
    }
    yield { start, candidate: rest };
  }
}

/**
 * Without what stands right behind the host and is no path.
 *
 * @param {string} candidate
 */
function withoutWords(candidate) {
  const authority = AUTHORITY.exec(candidate)?.[0] ?? candidate;
  return "/?#\\".includes(candidate.charAt(authority.length)) ? candidate : authority;
}

/**
 * The signs are counted once, and each that goes is taken off: counted anew for each, a long tail would hold up the page.
 *
 * @param {string} candidate
 * @param {string} before The character before it, or none.
 */
function withoutTail(candidate, before) {
  let end = quotationEnd(candidate);
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const sign of candidate.slice(0, end)) counts.set(sign, count(counts, sign) + 1);
  for (; end > 0; end -= 1) {
    const last = candidate.charAt(end - 1);
    if (!CLOSING.has(last) && !isUnopened(last, counts, before)) break;
    counts.set(last, count(counts, last) - 1);
  }
  return candidate.slice(0, end);
}

/**
 * Whether the last sign of an address closes what the text around it has opened, if anything.
 *
 * @param {string} last @param {Map<string, number>} counts Of the signs in the address. @param {string} before
 */
function isUnopened(last, counts, before) {
  // The straight quote opens as well as it closes.
  if (last === "'") return before === "'" || count(counts, "'") % 2 === 1;
  const openings = PAIRS.get(last);
  if (openings === undefined) return false;
  return count(counts, last) > [...openings].reduce((sum, opening) => sum + count(counts, opening), 0);
}

/**
 * A quotation that closes without having been opened in the address ends it there, whatever follows.
 *
 * @param {string} candidate
 * @returns {number}
 */
function quotationEnd(candidate) {
  for (const closing of ["»", "”", "」", "』", "》"]) {
    const at = candidate.indexOf(closing);
    const openings = [...(PAIRS.get(closing) ?? "")];
    if (at >= 0 && !openings.some((sign) => candidate.slice(0, at).includes(sign))) {
      return quotationEnd(candidate.slice(0, at));
    }
  }
  return candidate.length;
}

/** @param {Map<string, number>} counts @param {string} sign */
function count(counts, sign) {
  return counts.get(sign) ?? 0;
}

/**
 * @param {string} written
 * @returns {TextPart | null} Null for what leads nowhere, or pretends to lead elsewhere.
 */
function linkOf(written) {
  if (LONG_HOST.test(written)) return null;
  const url = parsed(written);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) return null;
  // "https://bank.example@elsewhere.example" is read as the bank by people and as elsewhere by browsers.
  if (url.hostname === "" || url.username !== "" || url.password !== "") return null;
  const authority = /^https?:\/\/([^/\\?#]*)/iu.exec(written)?.[1] ?? "";
  if (authority === "") return { href: url.href, shown: url.href };
  const host = shownHost(url.hostname) + (url.port ? `:${url.port}` : "");
  const named = authority.toLowerCase().normalize("NFC").replace(url.port ? "" : /:(80|443)$/, "");
  if (named === host || named === url.host) return { href: url.href, shown: written };
  const rest = written.slice(written.indexOf("//") + 2 + authority.length);
  return { href: url.href, shown: `${url.protocol}//${host}${rest}` };
}

/** @param {string} written */
function parsed(written) {
  try {
    return new URL(written);
  } catch {
    return null;
  }
}
