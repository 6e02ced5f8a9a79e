// @ts-check
/** The sign-in page: exchanges the one-use code of a link (`#code=…&next=/class/1`) for a token of this tab. */

import { byID } from "./dom.js";
import { currentIdentity, safeNext, signIn } from "./identity.js";
import { errorText, onLanguageChange, t } from "./i18n.js";
import { api, preparePage, titled } from "./page.js";

/** Refusals that mean: this link has been used, or is too old. */
const SPENT = new Set(["unauthenticated", "token_expired", "token_revoked", "not_found", "invalid_field", "forbidden"]);

const fragment = new URLSearchParams(location.hash.slice(1));
// The code works once, and must not stay in the history or be copied with the address.
history.replaceState(null, "", location.pathname);

/** @type {() => string} */
let sentence = () => "";

preparePage();
titled(() => `${t("signin.title")} · Amphi`);
onLanguageChange(show);
await enter(fragment.get("code"), safeNext(fragment.get("next"), location.origin));

/**
 * @param {string | null} code
 * @param {string} next
 */
async function enter(code, next) {
  if (!code) {
    say(() => t(fragment.get("reason") === "expired" ? "signin.expired" : "signin.needed"), true);
    return;
  }
  say(() => t("signin.working"));
  try {
    signIn(await api.signInWithLink(code));
    location.replace(next);
  } catch (error) {
    const spent = SPENT.has(/** @type {any} */ (error).code);
    say(() => (spent ? t("signin.spent") : errorText(error)), true);
    offerOnward(next);
  }
}

/**
 * Whoever opens a used link in a tab that is signed in already may simply go on.
 *
 * @param {string} next
 */
function offerOnward(next) {
  if (!currentIdentity()) return;
  byID("onward").setAttribute("href", next);
  byID("onward").hidden = false;
}

/**
 * @param {() => string} text
 * @param {boolean} [stuck] Whether the person needs to know what to do now.
 */
function say(text, stuck = false) {
  sentence = text;
  byID("advice").hidden = !stuck;
  show();
}

function show() {
  byID("state").textContent = sentence();
  byID("advice").textContent = t("signin.advice");
}
