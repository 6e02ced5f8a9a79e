// @ts-check
/** The administration: people, courses with their members, the import, the hub itself. One view at a time, by `#name`. */

import { CoursesView } from "./admin/courses-view.js";
import { HubView } from "./admin/hub-view.js";
import { ImportView } from "./admin/import-view.js";
import { MembersView } from "./admin/members-view.js";
import { PeopleView } from "./admin/people-view.js";
import { byID, make } from "./dom.js";
import { currentIdentity } from "./identity.js";
import { onLanguageChange, t, translatePage } from "./i18n.js";
import { preparePage, requireIdentity, showAccount, titled } from "./page.js";

/** @typedef {{element: HTMLElement, close?: () => void}} View */

/** @type {View | null} */
let shown = null;

preparePage();
titled(() => `${t("admin.title")} · Amphi`);
if (requireIdentity()) {
  showAccount();
  if (currentIdentity()?.user.role === "admin") {
    addEventListener("hashchange", show);
    onLanguageChange(show);
    show();
  } else {
    for (const sections of document.querySelectorAll(".sections")) sections.remove();
    byID("view").replaceChildren(make("p", { class: "notice bad", role: "alert", "data-text": "admin.refused" }));
    byID("view").setAttribute("aria-busy", "false");
    translatePage(byID("view"));
  }
}

function show() {
  const name = location.hash.slice(1) || "people";
  shown?.close?.();
  shown = viewOf(name);
  byID("view").replaceChildren(shown.element);
  byID("view").setAttribute("aria-busy", "false");
  const section = name.startsWith("course/") ? "courses" : name;
  for (const link of document.querySelectorAll(".sections a")) {
    if (link.getAttribute("href") === `#${section}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** @param {string} name @returns {View} */
function viewOf(name) {
  const course = /^course\/(\d+)$/.exec(name);
  if (course) return new MembersView(Number(course[1]));
  if (name === "courses") return new CoursesView();
  if (name === "import") return new ImportView();
  if (name === "hub") return new HubView();
  return new PeopleView();
}
