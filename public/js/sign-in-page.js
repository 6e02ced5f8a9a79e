// @ts-check
/** The sign-in page: a link's one-use code (`#code=…&next=/class/1`), or e-mail and password. */

import { at } from "./base.js";
import { byID, setText, showNotice } from "./dom.js";
import { fullName } from "./format.js";
import { adoptKept, canSignIn, currentIdentity, guestPage, identityOfLink, keptIdentity, safeNext, signIn } from "./identity.js";
import { errorText, onLanguageChange, t } from "./i18n.js";
import { api, onSignedOut, preparePage, titled } from "./page.js";

/** The codes of guests have points, those of sign-in links have none. */
const GUEST_CODE = /^\d+\.\d+\./;
/** Refusals that mean: this link has been used, or is too old. */
const SPENT = new Set(["unauthenticated", "token_expired", "token_revoked", "not_found", "invalid_field", "forbidden"]);

const fragment = new URLSearchParams(location.hash.slice(1));
const code = fragment.get("code");
// The code works once, and must not stay in the history or be copied with the address; the way back outlives a reload.
fragment.delete("code");
history.replaceState(null, "", location.pathname + (String(fragment) && `#${fragment}`));

// A link that is opened over this page changes nothing but the fragment: it is a sign-in all the same.
addEventListener("hashchange", () => location.reload());

/** Whoever comes by an invitation has no account here: there is nothing to sign in with. */
const isGuest = code === null ? fragment.get("reason") === "guest" : GUEST_CODE.test(code);
const next = at(safeNext(fragment.get("next"), location.origin));
const form = /** @type {HTMLFormElement} */ (byID("login"));
const email = /** @type {HTMLInputElement} */ (byID("email"));
const password = /** @type {HTMLInputElement} */ (byID("password"));
const keep = /** @type {HTMLInputElement} */ (byID("keep"));

/** @type {() => string} */
let sentence = () => "";
/** @type {() => string} */
let problem = () => "";
let advice = "signin.advice";

// An old sign-in that cannot be renewed is none of this page's business: it is making a new one.
onSignedOut(() => undefined);
if (isGuest) document.querySelector("h1")?.setAttribute("data-text", "guest.title");
preparePage();
titled(() => `${t(isGuest ? "guest.title" : "signin.title")} · Amphi`);
onLanguageChange(show);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  enterByPassword();
});
byID("onward").addEventListener("click", () => {
  if (!currentIdentity()) adoptKept();
});
await enter();

async function enter() {
  if (!code && isGuest) return say(() => t("guest.over"));
  // The same link once more, where the sign-in that it made still lasts: there is nothing to ask.
  const known = code ? identityOfLink(code) : null;
  if (known && known.user.id !== currentIdentity()?.user.id) adoptKept();
  if (known) return location.replace(known.can_reset ? at("/account") : home(known));
  // Before a link is used up for a sign-in that would be gone with this page.
  if (!canSignIn()) return say(() => t("signin.blocked"));
  if (!code) {
    say(() => t(fragment.get("reason") === "expired" ? "signin.expired" : "signin.needed"), true);
    offerOnward();
    email.focus();
    return;
  }
  say(() => t("signin.working"));
  try {
    const answer = await api.signInWithLink(code);
    signIn(answer, { code });
    location.replace(answer.purpose === "reset_password" ? at("/account") : home(currentIdentity()));
  } catch (error) {
    const spent = SPENT.has(/** @type {any} */ (error).code);
    if (isGuest) return say(() => (spent ? t("guest.over") : errorText(error)));
    if (spent) advice = "signin.spent_advice";
    say(() => (spent ? t("signin.spent") : errorText(error)), true);
    offerOnward();
  }
}

/** @param {import("./identity.js").Identity | null} identity */
function home(identity) {
  const only = guestPage(identity);
  return only === null ? next : at(only);
}

async function enterByPassword() {
  const submit = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  submit.disabled = true;
  complain(() => "");
  try {
    signIn(await api.login(email.value, password.value), { keep: keep.checked });
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

/** Where somebody is signed in already, that person may go on: said by name, and only by a press. */
function offerOnward() {
  if (!onwardPerson()) return;
  byID("onward").setAttribute("href", next);
  byID("onward").hidden = false;
}

function onwardPerson() {
  return (currentIdentity() ?? keptIdentity())?.user ?? null;
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
  setText(byID("state"), sentence());
  setText(byID("onward"), t("signin.onward", { name: fullName(onwardPerson()) }));
  byID("advice").textContent = t(advice);
  showNotice(byID("problem"), problem());
}
