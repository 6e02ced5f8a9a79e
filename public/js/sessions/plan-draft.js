// @ts-check
/** Keeps the form of a new session as one person has filled it in, over a reload of the tab or a new sign-in in it. */

/** @typedef {Record<string, string | boolean>} Plan  What stands in each control, by its id. */

/** @param {number | undefined} userID */
export function planDraft(userID) {
  const key = `amphi.plan.${userID}`;
  return {
    /** @returns {Plan | null} */
    load() {
      try {
        return JSON.parse(sessionStorage.getItem(key) ?? "null");
      } catch {
        return null;
      }
    },
    /** @param {Plan | null} plan Null when there is nothing left to do. */
    save(plan) {
      try {
        if (plan === null) sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, JSON.stringify(plan));
      } catch {
        // Full or forbidden storage: what was typed still stands in the form.
      }
    },
  };
}
