// @ts-check
/** Keeps unsent posts of one person in one class over a reload of the tab. */

/**
 * @param {number} sessionID
 * @param {number} userID
 * @returns {import("../channel/outbox.js").OutboxStore}
 */
export function outboxStore(sessionID, userID) {
  const key = `amphi.outbox.${sessionID}.${userID}`;
  return {
    load() {
      try {
        const posts = JSON.parse(sessionStorage.getItem(key) ?? "[]");
        return Array.isArray(posts) ? posts : [];
      } catch {
        return [];
      }
    },
    save(posts) {
      try {
        if (posts.length === 0) sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, JSON.stringify(posts));
      } catch {
        // Full or forbidden storage: the posts still live in memory.
      }
    },
  };
}
