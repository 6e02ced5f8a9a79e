// @ts-check
/** Who is signed in, in this tab: `sessionStorage`, so that two tabs can be two people. */

const KEY = "amphi.identity";

/**
 * @typedef {{id: number, email: string, first_name: string, last_name: string, role: string}} User
 * @typedef {{token: string, expires_at: string, user: User, renew_at?: number, can_reset?: boolean}} Identity
 *   `renew_at`: when its token should be renewed, by this machine's clock; none for a token that cannot be.
 *   `can_reset`: signed in by a link for a new password, so the old one is not needed.
 */

/** @returns {Identity | null} */
export function currentIdentity() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

/** @param {any} answer What the hub says to a sign-in, a renewal or a new password. */
export function signIn({ token, expires_at, expires_in, refresh_until, user, purpose }) {
  // By a length of time and not by the hub's clock: machines have odd ones.
  const renewAt = expires_at < refresh_until ? Date.now() + expires_in * 500 : undefined;
  const identity = { token, expires_at, user, renew_at: renewAt, can_reset: purpose === "reset_password" };
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
