// @ts-check
/** The question to whoever came in by a link: is this your own device? Asked once, where there is room for it. */

import { button, byID } from "./dom.js";
import { currentIdentity, guestPage, isKept, keepOnDevice, keptIdentity } from "./identity.js";
import { onLanguageChange, t } from "./i18n.js";

/** Shows the question in the page's place for it, as long as it has no answer. */
export function offerDevice() {
  show();
  onLanguageChange(show);
}

function show() {
  const place = byID("device");
  const identity = currentIdentity();
  // Where somebody else's sign-in is kept, nobody is asked to take it away in passing: that stands at the account.
  // The link of a guest opens again as it is.
  place.hidden = !identity?.by_link || guestPage(identity) !== null || identity.is_asked === true || isKept() || keptIdentity() !== null;
  if (place.hidden) return;
  place.replaceChildren(
    t("device.question"), " ",
    button(t("device.mine"), "small", () => answer(true), { id: "device-mine" }), " ",
    button(t("device.shared"), "small quiet", () => answer(false), { id: "device-shared" }));
}

/** @param {boolean} isMine */
function answer(isMine) {
  keepOnDevice(isMine);
  byID("device").hidden = true;
}
