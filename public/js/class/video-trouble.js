// @ts-check
/** What a person reads when the call does not come into the page, and the other way into it. */

import { make, outsideLink } from "../dom.js";
import { errorText, t } from "../i18n.js";
import { JitsiTrouble } from "./jitsi-frame.js";

/** @typedef {{error: any, url: string | null}} Trouble  `url` opens the room in a tab of its own. */

/**
 * @param {Trouble} trouble
 * @param {string} domain
 * @returns {HTMLElement[]}
 */
export function troubleView({ error, url }, domain) {
  const text = error instanceof JitsiTrouble ? t(`stage.${error.reason}`, { domain }) : errorText(error);
  const parts = [make("p", { class: "notice bad", role: "alert" }, text)];
  if (url) parts.push(make("p", {}, tabLink(url)));
  return parts;
}

/**
 * For a call whose page is not there in time: it may still come.
 *
 * @param {string} domain
 * @param {string} url
 */
export function lateNotice(domain, url) {
  return [`${t("stage.silent", { domain })} `, tabLink(url)];
}

/** @param {string} url */
function tabLink(url) {
  return outsideLink(url, "", t("stage.open_tab"), make("span", { class: "hidden-text" }, ` ${t("stage.new_tab")}`));
}
