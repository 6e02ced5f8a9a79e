// @ts-check
/** The name of a host as people may read it: in its own letters if these can be taken for nothing else. Pure. */

/** Scripts whose letters stand together in one word of a language. Whatever is not here is shown in ASCII. */
const SCRIPTS = [
  // Latin with its accents; not the letters that only look like others (dotless i, long s, kra, small capitals).
  /^[a-z0-9\-ß-öø-ÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĵķĺļľłńņňōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷźżžșțơưạ-ỹ]+$/u,
  /^[0-9\-\p{Script=Cyrillic}]+$/u, /^[0-9\-\p{Script=Greek}]+$/u, /^[0-9\-\p{Script=Armenian}]+$/u,
  /^[0-9\-\p{Script=Georgian}]+$/u, /^[0-9\-\p{Script=Arabic}]+$/u, /^[0-9\-\p{Script=Hebrew}]+$/u,
  /^[0-9\-\p{Script=Devanagari}]+$/u, /^[0-9\-\p{Script=Bengali}]+$/u, /^[0-9\-\p{Script=Tamil}]+$/u,
  /^[0-9\-\p{Script=Thai}]+$/u, /^[0-9\-\p{Script=Ethiopic}]+$/u, /^[0-9\-\p{Script=Hangul}\p{Script=Han}]+$/u,
  /^[0-9\-\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+$/u,
];
/** Words of these letters alone could as well be Latin ones. */
const LOOKALIKES = /^[0-9\-аеіјорсухѕһԁԛԝӏьвнктмзгпґѵαινοορτυχκγηβεζμωѡոսօցհգզտլ]+$/u;

/**
 * @param {string} hostname As `URL.hostname` has it: ASCII.
 * @returns {string}
 */
export function shownHost(hostname) {
  if (!hostname.includes("xn--")) return hostname;
  const labels = hostname.split(".").map((label) => (label.startsWith("xn--") ? unicodeLabel(label) : label));
  // One word that is in doubt makes the whole name doubtful.
  return labels.every((label) => label !== null && isReadable(label)) ? labels.join(".") : hostname;
}

/** @param {string} label */
function isReadable(label) {
  if (label.normalize("NFC") !== label) return false;
  const isASCII = /^[a-z0-9_-]*$/.test(label);
  return isASCII || (SCRIPTS.some((script) => script.test(label)) && !LOOKALIKES.test(label));
}

/**
 * A label without its punycode (RFC 3492). The browser writes punycode and does not read it.
 *
 * @param {string} label
 * @returns {string | null} Null for one that is none.
 */
function unicodeLabel(label) {
  const code = label.slice("xn--".length);
  const dash = code.lastIndexOf("-");
  const points = dash > 0 ? [...code.slice(0, dash)].map((sign) => sign.charCodeAt(0)) : [];
  let [index, point, bias] = [0, 128, 72];
  for (let at = dash > 0 ? dash + 1 : 0; at < code.length; ) {
    const before = index;
    for (let weight = 1, step = 36; ; step += 36) {
      const digit = at < code.length ? "abcdefghijklmnopqrstuvwxyz0123456789".indexOf(code[at]) : -1;
      if (digit < 0 || index > 0xFFFFFFF) return null;
      at += 1;
      index += digit * weight;
      const threshold = Math.min(26, Math.max(1, step - bias));
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    const length = points.length + 1;
    bias = adapted(index - before, length, before === 0);
    point += Math.floor(index / length);
    index %= length;
    if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return null;
    points.splice(index, 0, point);
    index += 1;
  }
  return String.fromCodePoint(...points);
}

/** @param {number} delta @param {number} length @param {boolean} isFirst */
function adapted(delta, length, isFirst) {
  let rest = Math.floor(delta / (isFirst ? 700 : 2));
  rest += Math.floor(rest / length);
  let steps = 0;
  for (; rest > 455; steps += 36) rest = Math.floor(rest / 35);
  return steps + Math.floor((36 * rest) / (rest + 38));
}
