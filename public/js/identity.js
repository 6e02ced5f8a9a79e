// @ts-check
/** Who is signed in, in this tab: `sessionStorage`, so that two tabs can be two people. */

const KEY = "amphi.identity";

/**
 * @typedef {{id: number, first_name: string, last_name: string, role: string}} User
 * @typedef {{token: string, expires_at: string, user: User}} Identity
 */

/** @returns {Identity | null} */
export function currentIdentity() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

/** @param {Identity} identity */
export function signIn(identity) {
  sessionStorage.setItem(KEY, JSON.stringify(identity));
}

export function signOut() {
  sessionStorage.clear();
}

/**
 * Where to go after signing in: a path of this origin, or the start page.
 *
 * @param {string | null} path
 * @param {string} origin
 * @returns {string}
 */
export function safeNext(path, origin) {
  if (!path?.startsWith("/")) return "/";
  try {
    const url = new URL(path, origin);
    return url.origin === origin ? url.pathname + url.search + url.hash : "/";
  } catch {
    return "/";
  }
}
