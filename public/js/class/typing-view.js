// @ts-check
/** Who is writing at the moment. */

import { byID, setText } from "../dom.js";
import { t } from "../i18n.js";

/**
 * @param {import("../channel/class-state.js").ClassState} state
 * @param {number} meID
 */
export function showTyping(state, meID) {
  const others = state.typing.filter((id) => id !== meID);
  const name = others.length === 1 ? state.presence.people.get(others[0])?.name : undefined;
  const sentence = name ? t("typing.name", { name }) : t("typing.people", { count: others.length });
  setText(byID("typing"), others.length === 0 ? "" : sentence);
}
