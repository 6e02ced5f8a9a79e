// @ts-check
/** The sign-in page: a link's one-use code (`#code=…&next=/class/1`) or e-mail and password, for a token of this tab. */

import { at } from "./base.js";
import { byID } from "./dom.js";
import { currentIdentity, safeNext, signIn } from "./identity.js";
import { errorText, onLanguageChange, t } from "./i18n.js";
import { api, preparePage, titled } from "./page.js";

/** Refusals that mean: this link has been used, or is too old. */
const SPENT = new Set(["unauthenticated", "token_expired", "token_revoked", "not_found", "invalid_field", "forbidden"]);

const fragment = new URLSearchParams(location.hash.slice(1));
// The code works once, and must not stay in the history or be copied with the address.
history.replaceState(null, "", location.pathname);

const next = at(safeNext(fragment.get("next"), location.origin));
const form = /** @type {HTMLFormElement} */ (byID("login"));
const email = /** @type {HTMLInputElement} */ (byID("email"));
const password = /** @type {HTMLInputElement} */ (byID("password"));

/** @type {() => string} */
let sentence = () => "";
/** @type {() => string} */
let problem = () => "";

preparePage();
titled(() => `${t("signin.title")} · Amphi`);
onLanguageChange(show);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  enterByPassword();
});
await enter(fragment.get("code"));

/** @param {string | null} code */
async function enter(code) {
  if (!code) {
    say(() => t(fragment.get("reason") === "expired" ? "signin.expired" : "signin.needed"), true);
    email.focus();
    return;
  }
  say(() => t("signin.working"));
  try {
    const answer = await api.signInWithLink(code);
    signIn(answer);
    location.replace(answer.purpose === "reset_password" ? at("/account") : next);
  } catch (error) {
    const spent = SPENT.has(/** @type {any} */ (error).code);
    say(() => (spent ? t("signin.spent") : errorText(error)), true);
    offerOnward();
  }
}

async function enterByPassword() {
  const submit = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  submit.disabled = true;
  complain(() => "");
  try {
    signIn(await api.login(email.value, password.value));
    location.replace(next);
  } catch (error) {
    complain(() => refusal(error));
    password.select();
  } finally {
    submit.disabled = false;
  }
}

/** @param {any} error */
function refusal(error) {
  if (error.code === "unauthenticated") return t("signin.wrong");
  if (error.code === "rate_limited") return t("signin.wait", { count: Math.max(1, error.retryAfter) });
  return errorText(error);
}

/** @param {() => string} text */
function complain(text) {
  problem = text;
  show();
}

/** Whoever opens a used link in a tab that is signed in already may simply go on. */
function offerOnward() {
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
  byID("advice").hidden = form.hidden = !stuck;
  show();
}

function show() {
  byID("state").textContent = sentence();
  byID("advice").textContent = t("signin.advice");
  byID("problem").textContent = problem();
  byID("problem").hidden = problem() === "";
}
