// @ts-check
/** What the close codes of `amphi.v1` mean, and what a client does after each. */

/** From here on a close is final, up to `LAST_FINAL`. */
const FIRST_FINAL = 4500;
const LAST_FINAL = 4999;

export const CloseCode = Object.freeze({
  done: 1000,
  restart: 4000,
  slowHandshake: 4001,
  noPong: 4002,
  tokenExpired: 4003,
  tooManyRequests: 4004,
  resyncNeeded: 4005,
  storeUnavailable: 4010,
  notOpenYet: 4011,
  badToken: 4500,
  noHello: 4501,
  permissionDenied: 4502,
  removed: 4503,
  banned: 4504,
  sessionGone: 4505,
  tooManyConnections: 4506,
  unsupportedVersion: 4507,
  sessionFull: 4508,
  noSuchSession: 4509,
  sessionOver: 4510,
});

/**
 * @typedef {{reconnect: true, code: number, waitMs: number | null} |
 *           {reconnect: false, code: number, reason: string}} AfterClose  waitMs null = the client's own backoff
 */

/**
 * The server's `bye` decides; without one, the ranges do: those from 4500 on are final, 1000 is the end of a class,
 * everything else is an accident.
 *
 * @param {{code: number, reason?: string, bye?: import("./frames.js").Bye | null,
 *         helloError?: import("./frames.js").ReplyError | null}} close
 * @returns {AfterClose}
 */
export function afterClose({ code, reason = "", bye = null, helloError = null }) {
  const meant = bye?.code ?? code;
  const isFinal = bye?.reconnect === undefined ? isFinalCode(meant) : !bye.reconnect;
  if (isFinal) return { reconnect: false, code: meant, reason: helloError?.code ?? bye?.reason ?? reason };
  return { reconnect: true, code: meant, waitMs: bye?.after_ms ?? helloError?.retry_after_ms ?? null };
}

/** @param {number} code */
function isFinalCode(code) {
  return code === CloseCode.done || (code >= FIRST_FINAL && code <= LAST_FINAL);
}
