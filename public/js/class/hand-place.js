// @ts-check
/** A raised hand, and which one it is. */

import { make } from "../dom.js";
import { language, t } from "../i18n.js";

/** @param {number} place From 1. */
export function handPlace(place) {
  return make("span", { class: "hand-place" },
    make("span", { "aria-hidden": "true" }, `✋ ${place}`),
    make("span", { class: "hidden-text" }, t("hand.raised", { place: ordinal(place) })));
}

/** @param {number} place */
function ordinal(place) {
  const form = new Intl.PluralRules(language(), { type: "ordinal" }).select(place);
  return t(`place.${form}`, { place });
}
