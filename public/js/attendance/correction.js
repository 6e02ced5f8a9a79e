// @ts-check
/** A host's correction of somebody's attendance: it stands beside the record, which stays as it is. */

import { fullName } from "../format.js";
import { askForm } from "../form-dialog.js";
import { t } from "../i18n.js";
import { api } from "../page.js";
import { CORRECTIONS } from "./roll-call.js";

/**
 * Whether it is offered; the hub decides by everybody's standing.
 *
 * @param {import("./roll-call.js").Attender} attender
 * @param {string} status Of the class.
 * @param {number | undefined} meID
 */
export function mayCorrect({ user, role, is_expected: isExpected, first_joined_at: joined }, status, meID) {
  if (!["live", "ended"].includes(status) || user.id === meID) return false;
  return ["participant", "moderator"].includes(role) && (isExpected || joined !== null);
}

/**
 * @param {number} sessionID
 * @param {import("./roll-call.js").Attender} attender
 * @returns {Promise<boolean>} Whether it was saved.
 */
export function askForCorrection(sessionID, { user, status }) {
  const values = CORRECTIONS.map((value) => ({ value, label: t(`attendance.${value}`) }));
  const isKnown = CORRECTIONS.some((value) => value === status);
  return askForm({
    title: t("attendance.correct_of", { name: fullName(user) }),
    fields: [
      {
        name: "status", label: t("attendance.status"), options: values, value: isKnown ? status : "present",
        hint: t("attendance.correct_hint"),
      },
      { name: "reason", label: t("attendance.reason"), required: true, more: { maxlength: "500" } },
    ],
    save: (body) => api.send("POST", `/api/live-sessions/${sessionID}/attendance/${user.id}/corrections`, body),
  });
}
