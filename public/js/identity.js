// @ts-check
/**
 * Who is signed in. Usually in this tab alone (`sessionStorage`: two tabs can be two people); by choice on this device
 * (`localStorage`), which its tabs then share. A tab never becomes another person by itself.
 */

import { at } from "./base.js";
import { inTab, onDevice } from "./kept.js";

const KEY = "amphi.identity";
/** The device's own: two hubs may lie on one host, under different paths. */
const KEPT = `amphi.identity${at("")}`;
/** The id of the person that this tab has had last; only theirs is the kept sign-in that it goes on with by itself. */
const PERSON = "amphi.person";
/** No person's id: somebody has signed out in this tab, and nobody comes back into it without a press. */
const NOBODY = 0;
const MOST_LINKS = 8;

/**
 * @typedef {{id: number, email: string, first_name: string, last_name: string, role: string}} User
 * @typedef {{token: string, expires_at: string, user: User, renew_at?: number, ends_at?: number, can_reset?: boolean,
 *            by_link?: boolean, is_asked?: boolean, links?: string[], session_id?: number}} Identity
 *   `renew_at`: when its token should be renewed, by this machine's clock; none for a token that cannot be.
 *   `ends_at`: when its token ends, by this machine's clock.
 *   `can_reset`: signed in by a link for a new password, so the old one is not needed.
 *   `by_link`: signed in by a link, so there may be no password yet.
 *   `is_asked`: whether this is the person's own device has been answered.
 *   `links`: marks of the links that have signed this person in here.
 *   `session_id`: of the one class that a guest is let into.
 * @typedef {{keep?: boolean, code?: string}} Way
 *   `keep`: on this device or in this tab only, where somebody has said so; `code`: of the link.
 */

/** @returns {Identity | null} Of this tab. */
export function currentIdentity() {
  const own = tabIdentity();
  if (own) return own;
  const kept = keptIdentity();
  const person = tabPerson();
  if (!kept || (person !== null && person !== kept.user.id)) return null;
  remember(kept.user.id);
  return kept;
}

/** @returns {Identity | null} Whose sign-in is kept on this device, whoever is signed in in this tab. */
export function keptIdentity() {
  const kept = identityIn(onDevice, KEPT);
  return kept && !isOver(kept) ? kept : null;
}

/**
 * A guest has one page: that of the class they are let into.
 *
 * @param {Identity | null} identity
 * @returns {string | null} Its path; null for everybody else.
 */
export function guestPage(identity) {
  return identity?.user.role === "guest" ? `/class/${Number(identity.session_id)}` : null;
}

/** Whether the sign-in of this tab is that of the device. */
export function isKept() {
  return tabIdentity() === null && currentIdentity() !== null;
}

/**
 * @param {any} answer What the hub says to a sign-in, a renewal or a new password.
 * @param {Way} [way] How, for a new sign-in; without it the present one goes on as it is.
 */
export function signIn({ token, expires_at, expires_in, refresh_until, user, purpose, session_id }, way) {
  const before = currentIdentity();
  const isSame = before?.user.id === user.id;
  // By lengths of time and not by the hub's clock: machines have odd ones.
  const renewAt = expires_at < refresh_until ? Date.now() + expires_in * 500 : undefined;
  const mark = way?.code ? [markOf(way.code)] : [];
  /** @type {Identity} */
  const identity = {
    token, expires_at, user, renew_at: renewAt,
    ends_at: expires_in > 0 ? Date.now() + expires_in * 1000 : undefined,
    can_reset: purpose === "reset_password",
    by_link: way ? way.code !== undefined : before?.by_link === true && isSame,
    is_asked: way ? way.code === undefined : before?.is_asked,
    links: [...mark, ...((isSame ? before?.links : null) ?? [])].slice(0, MOST_LINKS),
    session_id: session_id ?? (isSame ? before?.session_id : undefined),
  };
  const keeps = way ? way.keep ?? (isSame && isKept()) : isKept();
  // Whoever says no to this device takes back an earlier yes of their own, and nobody else's.
  if (way?.keep === false && keptIdentity()?.user.id === user.id) onDevice.remove(KEPT);
  write(identity, keeps);
}

/**
 * Keeps the sign-in of this tab on the device, or in this tab alone.
 *
 * @param {boolean} keeps
 */
export function keepOnDevice(keeps) {
  const identity = currentIdentity();
  if (!identity) return;
  if (!keeps && isKept()) onDevice.remove(KEPT);
  write({ ...identity, is_asked: true }, keeps);
}

/** Goes on as the person whose sign-in is kept on this device. */
export function adoptKept() {
  const kept = keptIdentity();
  if (!kept) return;
  inTab.remove(KEY);
  remember(kept.user.id);
}

/**
 * @param {string} code Of a link.
 * @returns {Identity | null} The sign-in that this link has made here, as long as it lasts.
 */
export function identityOfLink(code) {
  const mark = markOf(code);
  for (const identity of [tabIdentity(), keptIdentity()]) {
    if (identity?.links?.includes(mark) && !isOver(identity)) return identity;
  }
  return null;
}

/** Whether somebody who signs in here stays so on the next page. */
export function canSignIn() {
  return inTab.hasRoom();
}

/** Forgets who is signed in, in this tab and where it is kept on the device, and whatever else this tab has kept. */
export function signOut() {
  const person = currentIdentity()?.user.id;
  if (person !== undefined && keptIdentity()?.user.id === person) onDevice.remove(KEPT);
  inTab.clear();
  remember(NOBODY);
}

/**
 * Forgets a sign-in that the hub takes no more, and no other. What is unsent stays, for the same person's next sign-in.
 *
 * @param {string | null | undefined} token That was refused.
 */
export function forget(token) {
  const own = tabIdentity();
  if (identityIn(onDevice, KEPT)?.token === token) onDevice.remove(KEPT);
  if (!own || own.token !== token) return;
  // Whoever is kept on this device is not who this tab has been.
  remember(own.user.id);
  inTab.remove(KEY);
}

/**
 * Where to go after signing in: a path of this origin, or the start page.
 *
 * @param {string | null} path
 * @param {string} origin
 * @returns {string}
 */
export function safeNext(path, origin) {
  // Browsers drop tabs and line ends from an address, and read a backslash as a slash: "/\t/host" is another host.
  if (!path?.startsWith("/") || /[\\\p{Cc}\p{Z}]|%2f|%5c/iu.test(path)) return "/";
  const next = resolved(path, origin);
  // Once more as it will be used: "/.//host" becomes "//host" on the way.
  return next !== null && resolved(next, origin) === next && !next.startsWith("//") ? next : "/";
}

/** @param {string} path @param {string} origin */
function resolved(path, origin) {
  try {
    const url = new URL(path, origin);
    return url.origin === origin ? url.pathname + url.search + url.hash : null;
  } catch {
    return null;
  }
}

/**
 * A mark by which a link is known again; the code itself is not kept anywhere.
 *
 * @param {string} code
 */
function markOf(code) {
  let [one, two] = [0xDEADBEEF, 0x41C6CE57];
  for (const sign of code) {
    one = Math.imul(one ^ (sign.codePointAt(0) ?? 0), 2654435761);
    two = Math.imul(two ^ (sign.codePointAt(0) ?? 0), 1597334677);
  }
  return (one >>> 0).toString(36) + (two >>> 0).toString(36);
}

/** @param {Identity} identity @param {boolean} keeps */
function write(identity, keeps) {
  const text = JSON.stringify(identity);
  if (keeps && onDevice.set(KEPT, text)) {
    inTab.remove(KEY);
  } else {
    // Where the device has no room it is the tab's.
    if (keeps) onDevice.remove(KEPT);
    inTab.set(KEY, text);
  }
  remember(identity.user.id);
}

/** @param {Identity} identity */
function isOver({ ends_at: end }) {
  return end !== undefined && end <= Date.now();
}

/** @param {number} id */
function remember(id) {
  inTab.set(PERSON, String(id));
}

function tabPerson() {
  const person = Number(inTab.get(PERSON) ?? NaN);
  return Number.isSafeInteger(person) ? person : null;
}

function tabIdentity() {
  return identityIn(inTab, KEY);
}

/**
 * Another application of this origin may have kept something else under the same name: that is nobody.
 *
 * @param {typeof inTab} values @param {string} key
 * @returns {Identity | null}
 */
function identityIn(values, key) {
  const found = values.json(key);
  return typeof found?.token === "string" && Number.isSafeInteger(found.user?.id) ? found : null;
}
