// @ts-check
/** What a session's status means at a moment. Pure. */

/** So long after its scheduled end a class can still be started (RestAPI.md). */
const LATE_START_MS = 3600_000;

/**
 * @param {any} session
 * @param {number} now In ms since 1970.
 * @returns {boolean} Whether nobody started it and nobody can any more.
 */
export function isNeverHeld(session, now) {
  return session.status === "scheduled" && Date.parse(session.scheduled_end_at) + LATE_START_MS < now;
}

/**
 * @param {any} session
 * @param {number} now
 * @returns {string} "never_held" or the status.
 */
export function shownStatus(session, now) {
  return isNeverHeld(session, now) ? "never_held" : session.status;
}
