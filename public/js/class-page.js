// @ts-check
/** The class's page: asks the hub who and what, then opens the room. */

import { at, within } from "./base.js";
import { ClassRoom } from "./class/class-room.js";
import { byID, make, setText } from "./dom.js";
import { currentIdentity, guestPage } from "./identity.js";
import { errorText, onLanguageChange, t } from "./i18n.js";
import { api, goToSignIn, isSignedOut, preparePage, requireIdentity } from "./page.js";

const sessionID = Number(/^\/class\/(\d+)/.exec(within(location.pathname))?.[1]);

const isGuest = guestPage(currentIdentity()) !== null;

preparePage();
// There is no other page for a guest.
if (isGuest) document.querySelector("a.brand")?.replaceWith(make("span", { class: "brand" }, "Amphi"));
if (requireIdentity()) await openClass();

async function openClass() {
  try {
    const [config, me, session] = await Promise.all([api.config(), api.me(), api.session(sessionID)]);
    new ClassRoom({ config, me, session }).open();
  } catch (error) {
    if (isSignedOut(error)) return goToSignIn("expired");
    refuse(error);
    onLanguageChange(() => refuse(error));
  }
}

/** @param {any} error */
function refuse(error) {
  byID("class").hidden = true;
  setText(byID("title"), t("class.not_available"));
  const way = make("a", { href: at("/") }, t("stage.to_sessions"));
  byID("problem").replaceChildren(...(isGuest ? [guestRefusal(error)] : [errorText(error), " ", way]));
  byID("problem").hidden = false;
}

/** @param {any} error */
function guestRefusal(error) {
  return ["forbidden", "session_not_found"].includes(error?.code) ? t("guest.over") : errorText(error);
}
