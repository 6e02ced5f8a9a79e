// @ts-check
/** Keeps the form of a new session as one person has filled it in, over a reload of the tab or a new sign-in in it. */

import { inTab } from "../kept.js";

/** @typedef {Record<string, string | boolean>} Plan  What stands in each control, by its id. */

/** @param {number | undefined} userID */
export function planDraft(userID) {
  const key = `amphi.plan.${userID}`;
  return {
    /** @returns {Plan | null} */
    load() {
      return inTab.json(key);
    },
    /** @param {Plan | null} plan Null when there is nothing left to do. */
    save(plan) {
      if (plan === null) inTab.remove(key);
      else inTab.set(key, JSON.stringify(plan));
    },
  };
}
