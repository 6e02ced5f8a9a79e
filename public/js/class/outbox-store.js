// @ts-check
/** Keeps what one person has not sent yet in one class over a reload of the tab, or a new sign-in in it. */

import { inTab } from "../kept.js";

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
      const posts = inTab.json(key);
      return Array.isArray(posts) ? posts : [];
    },
    save(posts) {
      if (posts.length === 0) inTab.remove(key);
      else inTab.set(key, JSON.stringify(posts));
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
      return { ...NOTHING, ...inTab.json(key) };
    },
    /** @param {Draft} draft */
    save(draft) {
      if (draft.text === "") inTab.remove(key);
      else inTab.set(key, JSON.stringify(draft));
    },
  };
}
