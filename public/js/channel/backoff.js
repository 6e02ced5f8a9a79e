// @ts-check
/** How long to wait before the next attempt to connect: soon at first, then full jitter, doubling, 0.5 to 20 s. */

export const SHORTEST_WAIT_MS = 500;
export const LONGEST_WAIT_MS = 20_000;

/**
 * @param {number} attempt 0 for the first retry after a connection that worked.
 * @param {() => number} random A number in [0, 1).
 * @returns {number} Milliseconds, spread over the whole range so that a school does not come back as one.
 */
export function backoffDelay(attempt, random = Math.random) {
  // Most losses are of one node or one network, and the next attempt finds another: nobody waits for long then.
  if (attempt === 0) return Math.round(random() * SHORTEST_WAIT_MS);
  const ceiling = Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** Math.min(attempt + 1, 10));
  return Math.round(SHORTEST_WAIT_MS + random() * (ceiling - SHORTEST_WAIT_MS));
}
