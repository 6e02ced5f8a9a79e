// @ts-check
/** Keeps what one person has not sent yet in one class over a reload of the tab, or a new sign-in in it. */

/**
 * @typedef {{text: string, asks: boolean, isAnonymous: boolean, isPrivate: boolean, announces: boolean}} Draft
 *
 * @type {Draft}
 */
const NOTHING = { text: "", asks: false, isAnonymous: false, isPrivate: false, announces: false };

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

/**
 * What stands in the message field. Whether it is a question stands with it: as a text its writing would be seen.
 *
 * @param {number} sessionID
 * @param {number} userID
 */
export function draftStore(sessionID, userID) {
  const key = `amphi.draft.${sessionID}.${userID}`;
  return {
    /** @returns {Draft} */
    load() {
      try {
        return { ...NOTHING, ...JSON.parse(sessionStorage.getItem(key) ?? "{}") };
      } catch {
        return NOTHING;
      }
    },
    /** @param {Draft} draft */
    save(draft) {
      try {
        if (draft.text === "") sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, JSON.stringify(draft));
      } catch {
        // Full or forbidden storage: the draft still stands in the field.
      }
    },
  };
}
