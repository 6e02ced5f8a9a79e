// @ts-check
/** For administrators: somebody of the Directory by their e-mail address. */

import { t } from "../i18n.js";
import { api } from "../page.js";

/**
 * The person with exactly this e-mail address.
 *
 * @param {string} email
 * @returns {Promise<any>} Throws a sentence to show.
 */
export async function personByEmail(email) {
  const { data } = await api.list(`/api/users?search=${encodeURIComponent(email)}&limit=100`);
  const found = data.find((user) => user.email.toLowerCase() === email.toLowerCase());
  if (!found) throw new Error(t("admin.nobody", { email }));
  return found;
}
