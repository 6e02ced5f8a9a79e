// @ts-check
/** Where the hub lies on its host: nothing, or a path such as /live, known by where this module lies. No DOM. */

const base = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/**
 * @param {string} path A path of the hub, such as /class/1.
 * @returns {string} The same for the browser.
 */
export function at(path) {
  return base + path;
}

/**
 * @param {string} pathname As the browser has it.
 * @returns {string} The path of the hub.
 */
export function within(pathname) {
  const isBelow = pathname === base || pathname.startsWith(`${base}/`);
  return isBelow ? pathname.slice(base.length) || "/" : pathname;
}
