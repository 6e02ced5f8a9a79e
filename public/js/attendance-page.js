// @ts-check
/** Who was in a class: all of it for its hosts, one's own for everybody else. */

import { ClassAttendance } from "./attendance/class-attendance.js";
import { OwnAttendance } from "./attendance/own-attendance.js";
import { at, within } from "./base.js";
import { byID, make } from "./dom.js";
import { errorText, onLanguageChange, t } from "./i18n.js";
import { api, goToSignIn, isSignedOut, preparePage, requireIdentity, showAccount, titled } from "./page.js";

const sessionID = Number(/^\/class\/(\d+)/.exec(within(location.pathname))?.[1]);

preparePage();
titled(() => `${t("attendance.title")} · Amphi`);
if (requireIdentity()) {
  showAccount();
  byID("to-class").setAttribute("href", at(`/class/${sessionID}`));
  await open();
}

async function open() {
  try {
    const view = await viewOf();
    byID("view").replaceChildren(view.element);
    onLanguageChange(() => view.draw());
  } catch (error) {
    if (isSignedOut(error)) return goToSignIn("expired");
    byID("view").replaceChildren(make("p", { class: "notice bad", role: "alert" }, errorText(error)));
  }
  byID("view").setAttribute("aria-busy", "false");
}

/** @returns {Promise<ClassAttendance | OwnAttendance>} */
async function viewOf() {
  const session = await api.session(sessionID).catch((error) => {
    if (error?.status === 404) return null;
    throw error;
  });
  // What REST tells hosts alone says who is one.
  if (session) return "follows_course" in session ? ClassAttendance.read(sessionID) : OwnAttendance.read(sessionID);
  // Of a class that was deleted hosts keep the record, and whoever is no member any more keeps their own.
  return OwnAttendance.read(sessionID).catch(() => ClassAttendance.read(sessionID));
}
