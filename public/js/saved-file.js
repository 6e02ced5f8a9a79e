// @ts-check
/** A file of the hub, saved where the browser keeps what it downloads. */

import { make } from "./dom.js";
import { api } from "./page.js";

/** @param {string} path @param {string} name Of the file. */
export async function saveFile(path, name) {
  const url = URL.createObjectURL(await api.file(path));
  const link = make("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(url);
}
