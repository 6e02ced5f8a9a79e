// @ts-check
/** A course's sign-in links, made when asked for, to print and cut apart. */

import { within } from "./base.js";
import { byID, make } from "./dom.js";
import { dayAndTime, fullName } from "./format.js";
import { errorText, onLanguageChange, t } from "./i18n.js";
import { api, goToSignIn, isSignedOut, preparePage, requireIdentity, showAccount, titled } from "./page.js";

const courseID = Number(/^\/course\/(\d+)/.exec(within(location.pathname))?.[1]);

/** @type {any[] | null} */
let links = null;

preparePage();
titled(() => `${t("links.title")} · Amphi`);
onLanguageChange(show);
if (requireIdentity()) {
  showAccount();
  byID("make").addEventListener("click", makeLinks);
  byID("print").addEventListener("click", () => window.print());
}

async function makeLinks() {
  const button = /** @type {HTMLButtonElement} */ (byID("make"));
  button.disabled = true;
  byID("problem").hidden = true;
  try {
    links = await api.signInLinks(courseID);
    show();
  } catch (error) {
    if (isSignedOut(error)) return goToSignIn("expired");
    byID("problem").textContent = errorText(error);
    byID("problem").hidden = false;
  } finally {
    button.disabled = false;
  }
}

function show() {
  if (!links) return;
  byID("state").textContent = t("links.made", { count: links.length });
  byID("print").hidden = links.length === 0;
  byID("links").replaceChildren(...links.map(({ user, url, expires_at }) => make("li", {},
    make("strong", {}, fullName(user)), make("code", {}, url),
    make("span", { class: "muted" }, t("links.until", { time: dayAndTime(expires_at) })))));
}
