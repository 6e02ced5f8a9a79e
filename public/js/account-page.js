// @ts-check
/** The account's page: another password, or the first one after a link for it. */

import { byID, setText, showNotice } from "./dom.js";
import { dayAndTime, fullName } from "./format.js";
import { currentIdentity, isKept, keepOnDevice, keptIdentity, signIn } from "./identity.js";
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
  const { can_reset: canReset, by_link: byLink } = currentIdentity() ?? {};
  askForCurrent(!canReset && !byLink);
  if (canReset || byLink) sentence = () => t(canReset ? "account.reset" : "account.first");
  byID("device-change").addEventListener("click", () => {
    keepOnDevice(!isKept());
    showDevice();
  });
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
    signIn(await api.changePassword(wanted.value, current.disabled ? undefined : current.value), {});
    form.reset();
    current.type = wanted.type = "password";
    /** @type {HTMLInputElement} */ (byID("email")).value = currentIdentity()?.user.email ?? "";
    askForCurrent(true);
    sentence = () => t("account.changed");
  } catch (error) {
    if (isSignedOut(error)) return goToSignIn("expired");
    const hidden = current.disabled;
    problem = () => refusal(error, hidden);
    // Came in by a link and has a password all the same: it is asked for now.
    if (hidden && /** @type {any} */ (error).body?.field === "current_password") {
      askForCurrent(true);
      current.focus();
    }
  } finally {
    submit.disabled = false;
    show();
  }
}

/** @param {any} error @param {boolean} wasHidden Whether the present password was not asked for. */
function refusal(error, wasHidden) {
  const field = error.body?.field;
  if (error.code === "rate_limited") return t("signin.wait", { count: Math.max(1, error.retryAfter) });
  if (field === "password") return t("account.refused");
  if (field === "current_password") return t(wasHidden ? "account.current_needed" : "account.wrong_current");
  if (error.code === "forbidden") return t("account.no_password");
  return errorText(error);
}

function show() {
  setText(byID("state"), sentence());
  showNotice(byID("problem"), problem());
  showDevice();
}

/** Whether this device keeps the sign-in, whose it keeps, and the way to change that. */
function showDevice() {
  const other = keptIdentity()?.user;
  const isOther = other !== undefined && other.id !== currentIdentity()?.user.id;
  const key = isKept() ? "device.kept" : isOther ? "device.other" : "device.not_kept";
  const until = dayAndTime(currentIdentity()?.expires_at ?? "");
  setText(byID("device-state"), t(key, { name: fullName(other), time: until }));
  setText(byID("device-change"), t(isKept() ? "device.forget" : "device.keep"));
}
