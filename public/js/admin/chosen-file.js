// @ts-check
/** The file that somebody chose to import: its bytes at this moment, and what kind of file they are. */

/** First bytes of what is no text: archives (.xlsx, .ods, .numbers), old Excel files, PDF, gzip. */
const BINARY = [
  [0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06], [0xD0, 0xCF, 0x11, 0xE0], [0x25, 0x50, 0x44, 0x46], [0x1F, 0x8B],
];

/** The file on the disk is no more what was chosen, or may not be read. */
export class FileChanged extends Error {}

/**
 * @param {Blob} file
 * @returns {Promise<Uint8Array>} Its bytes now.
 */
export async function bytesOf(file) {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    // Browsers refuse to read a file that was written since it was chosen.
    throw new FileChanged();
  }
}

/**
 * By what stands in it, not by its name: a list saved as .txt is a list.
 *
 * @param {Uint8Array} bytes
 * @returns {"text/csv" | "application/x-ndjson" | "binary" | "empty"}
 */
export function kindOf(bytes) {
  if (bytes.length === 0) return "empty";
  if (BINARY.some((start) => start.every((byte, at) => bytes[at] === byte))) return "binary";
  const isBOM = bytes[0] === 0xEF && bytes[1] === 0xBB && bytes[2] === 0xBF;
  let first = isBOM ? 3 : isUTF16(bytes) ? 2 : 0;
  // Of two bytes of UTF-16 one is 0 here.
  while ([0x00, 0x20, 0x09, 0x0A, 0x0D].includes(bytes[first])) first += 1;
  return bytes[first] === 0x7B || bytes[first] === 0x5B ? "application/x-ndjson" : "text/csv";
}

/** @param {Uint8Array} bytes */
function isUTF16(bytes) {
  return (bytes[0] === 0xFF && bytes[1] === 0xFE) || (bytes[0] === 0xFE && bytes[1] === 0xFF);
}

/**
 * Whether a list was written by a program of the old kind: Excel's plain CSV is in Windows-1252. A list with more characters of
 * UTF-8 than bytes that are none is UTF-8 with an error, which the hub names.
 *
 * @param {Uint8Array} bytes
 */
export function isWindows1252(bytes) {
  if (isUTF16(bytes)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return false;
  } catch {
    const text = new TextDecoder("utf-8").decode(bytes);
    const strays = text.split("\uFFFD").length - 1;
    const characters = [...text].filter((character) => character > "\u007F" && character !== "\uFFFD").length;
    return characters <= strays;
  }
}

/** @param {Uint8Array} one @param {Uint8Array} other */
export function isSame(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
