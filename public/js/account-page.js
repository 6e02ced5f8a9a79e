// @ts-check
/** The account's page: another password, or the first one after a link for it. */

import { byID } from "./dom.js";
import { currentIdentity, signIn } from "./identity.js";
import { errorText, onLanguageChange, t } from "./i18n.js";
import { api, goToSignIn, isSignedOut, preparePage, requireIdentity, showAccount, titled } from "./page.js";

const form = /** @type {HTMLFormElement} */ (byID("change"));
const current = /** @type {HTMLInputElement} */ (byID("current"));
const wanted = /** @type {HTMLInputElement} */ (byID("new"));
const shown = /** @type {HTMLInputElement} */ (byID("show"));

/** @type {() => string} */
let sentence = () => "";
/** @type {() => string} */
let problem = () => "";

preparePage();
titled(() => `${t("account.title")} · Amphi`);
onLanguageChange(show);
if (requireIdentity()) openPage();

function openPage() {
  showAccount();
  /** @type {HTMLInputElement} */ (byID("email")).value = currentIdentity()?.user.email ?? "";
  askForCurrent(!currentIdentity()?.can_reset);
  if (currentIdentity()?.can_reset) sentence = () => t("account.reset");
  shown.addEventListener("change", () => {
    current.type = wanted.type = shown.checked ? "text" : "password";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    change();
  });
  show();
}

/** @param {boolean} needed */
function askForCurrent(needed) {
  byID("current-field").hidden = !needed;
  current.disabled = !needed;
}

async function change() {
  const submit = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  submit.disabled = true;
  problem = sentence = () => "";
  show();
  try {
    signIn(await api.changePassword(wanted.value, current.disabled ? undefined : current.value));
    form.reset();
    current.type = wanted.type = "password";
    /** @type {HTMLInputElement} */ (byID("email")).value = currentIdentity()?.user.email ?? "";
    askForCurrent(true);
    sentence = () => t("account.changed");
  } catch (error) {
    if (isSignedOut(error)) return goToSignIn("expired");
    problem = () => refusal(error);
  } finally {
    submit.disabled = false;
    show();
  }
}

/** @param {any} error */
function refusal(error) {
  const field = error.body?.field;
  if (error.code === "rate_limited") return t("signin.wait", { count: Math.max(1, error.retryAfter) });
  if (field === "password") return t("account.refused");
  if (field === "current_password") return t("account.wrong_current");
  if (error.code === "forbidden") return t("account.no_password");
  return errorText(error);
}

function show() {
  byID("state").textContent = sentence();
  byID("problem").textContent = problem();
  byID("problem").hidden = problem() === "";
}
