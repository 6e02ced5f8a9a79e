// @ts-check
/** What all pages share: the way to the hub, the language switch, who is signed in, a question before a great step. */

import { Api, ApiError } from "./api.js";
import { at, within } from "./base.js";
import { byID, make } from "./dom.js";
import { fullName } from "./format.js";
import { currentIdentity, forget, guestPage, signIn, signOut } from "./identity.js";
import { errorText, language, languages, onLanguageChange, setLanguage, t, translatePage } from "./i18n.js";

export const api = new Api({
  token: () => currentIdentity()?.token ?? null,
  language,
  // A token that has been replaced meanwhile says nothing about the new one.
  refused: (token) => { if (currentIdentity()?.token === token) signedOut(token); },
});

const RETRY_MS = 60_000;
/** @type {Promise<void> | null} */
let renewal = null;
/** @type {number | null} The id of the person that this page is drawn for; null for a page of nobody. */
let person = null;
/**
 * What happens when the hub takes the sign-in of this tab no more.
 *
 * @type {(token: string) => void}
 */
let signedOut = (token) => goToSignIn("expired", token);

/**
 * A page on which something still goes on without the sign-in says so itself, instead of being left at once.
 *
 * @param {(token: string) => void} handler
 */
export function onSignedOut(handler) {
  signedOut = handler;
}

/** Keeps the token of a sign-in young while the page is open, also when the machine has slept. */
function keepSignedIn() {
  const look = () => {
    if (!isRenewalDue()) return;
    renewed().catch(() => undefined);
  };
  document.addEventListener("visibilitychange", look);
  setInterval(look, RETRY_MS);
  look();
  // Signed out in another tab, or somebody else is kept on this device now: this tab's person has left.
  addEventListener("storage", () => person !== null && !currentIdentity() && goToSignIn("needed"));
}

function isRenewalDue() {
  const due = currentIdentity()?.renew_at;
  return due !== undefined && due <= Date.now();
}

/**
 * Who is signed in, with a token that is good for a while.
 *
 * @returns {Promise<import("./identity.js").Identity | null>}
 */
export async function renewed() {
  if (currentIdentity()?.renew_at !== undefined) {
    renewal ??= renew().finally(() => { renewal = null; });
    await renewal;
  }
  return currentIdentity();
}

/** Throws when the hub could not be asked. */
async function renew() {
  const old = currentIdentity()?.token;
  const answer = await api.refresh().catch((error) => {
    if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) throw error;
    // Refused: the old token is good until it ends.
    return null;
  });
  // Whoever has signed out or chosen a password meanwhile has said something newer.
  if (answer && currentIdentity()?.token === old) signIn(answer);
}

/** Translates the page and puts the language switch in its place. */
export function preparePage() {
  keepSignedIn();
  translatePage();
  const choices = languages().map((tag) => make("option", { value: tag, lang: tag }, nameOf(tag)));
  const select = make("select", { "data-label": "language.label" }, ...choices);
  select.addEventListener("change", () => setLanguage(select.value));
  select.value = language();
  byID("language").replaceChildren(select);
  translatePage(byID("language"));
}

/** The signed-in person's name, and the way out. */
export function showAccount() {
  const identity = currentIdentity();
  if (!identity) return;
  const leave = () => {
    signOut();
    location.assign(at("/sign-in"));
  };
  const button = make("button", { type: "button", class: "quiet", "data-text": "account.sign_out", onclick: leave });
  const administration = identity.user.role === "admin" && within(location.pathname) !== "/admin"
    ? make("a", { href: at("/admin"), "data-text": "admin.title" }) : null;
  const name = make("a", { class: "account-name", href: at("/account") }, fullName(identity.user));
  byID("account").replaceChildren(...(administration ? [administration] : []), name, button);
  translatePage(byID("account"));
}

/**
 * Leaves for the sign-in page when nobody is signed in, and for their class when it is a guest's way to another page.
 *
 * @returns {boolean} Whether somebody is signed in to whom the page is open.
 */
export function requireIdentity() {
  person = currentIdentity()?.user.id ?? null;
  const only = guestPage(currentIdentity());
  if (person === null) goToSignIn("needed");
  else if (only !== null && within(location.pathname) !== only) location.replace(at(only));
  else return true;
  return false;
}

/** A page leaves once: two ways at the same time would break each other off. */
let isLeaving = false;
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  isLeaving = false;
  if (person === null || person === currentIdentity()?.user.id) return;
  // The browser kept the page as it was while its person signed out: nothing of it is for whoever goes back to it.
  event.stopImmediatePropagation();
  document.body.replaceChildren();
  document.title = "Amphi";
  goToSignIn("needed");
});

/**
 * @param {"needed" | "expired"} reason
 * @param {string | null} [refused] The token that the hub takes no more: the sign-in that it belongs to is forgotten.
 *   Who only passes a refusal on says none, because `Api` has told of it before.
 */
export function goToSignIn(reason, refused = null) {
  // A guest has no account to sign in with: the page there says so.
  const why = guestPage(currentIdentity()) === null ? reason : "guest";
  if (refused !== null) forget(refused);
  if (isLeaving) return;
  isLeaving = true;
  const here = within(location.pathname) + location.search + location.hash;
  location.replace(at(`/sign-in#reason=${why}&next=${encodeURIComponent(here)}`));
}

/**
 * Whether an error means that one must sign in again.
 *
 * @param {any} error
 */
export function isSignedOut(error) {
  return error instanceof ApiError && error.status === 401;
}

/**
 * The hub's own sentence for a refusal, which says more than its code: it answers REST in the page's language.
 *
 * @param {any} error
 */
export function refusalText(error) {
  return error instanceof ApiError && error.status > 0 && error.message ? error.message : errorText(error);
}

/**
 * Asks before a great step, which usually cannot be undone. Escape and the first button mean no; focus returns by itself.
 *
 * @param {{title: string, text: string, yes: string, isGrave?: boolean}} question
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, text, yes, isGrave = true }) {
  return new Promise((resolve) => {
    const dialog = make(
      "dialog",
      { "aria-labelledby": "question", class: "question" },
      make("form", { method: "dialog" },
        make("h2", { id: "question" }, title),
        make("p", {}, text),
        make("div", { class: "row end" },
          make("button", { value: "no", class: "quiet" }, t("dialog.cancel")),
          make("button", { value: "yes", class: isGrave ? "danger" : null }, yes))),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/**
 * Keeps the page's own title in its language.
 *
 * @param {() => string} title
 */
export function titled(title) {
  const show = () => {
    document.title = title();
  };
  show();
  onLanguageChange(show);
}

/** @param {string} tag */
function nameOf(tag) {
  const name = new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}
