// @ts-check
/** The start page: my live sessions, now, soon and over; whoever teaches also plans new ones. */

import { at } from "./base.js";
import { byID, make, showNotice } from "./dom.js";
import { offerDevice } from "./device-offer.js";
import { currentIdentity } from "./identity.js";
import { errorText, onLanguageChange, t } from "./i18n.js";
import { api, isSignedOut, goToSignIn, preparePage, requireIdentity, showAccount, titled } from "./page.js";
import { CreateForm } from "./sessions/create-form.js";
import { sessionCard } from "./sessions/session-card.js";
import { sessionMenu } from "./sessions/session-menu.js";
import { isNeverHeld } from "./sessions/session-status.js";

/** @typedef {Record<"live" | "upcoming" | "past", any[]>} Groups */

const GROUPS = /** @type {const} */ (["live", "upcoming", "past"]);

/** @type {Groups | null} */
let groups = null;
/** @type {Set<number>} The sessions that this person holds. */
let taught = new Set();
/** @type {CreateForm | null} */
let form = null;
/** @type {{id: number, title: string}[]} The courses that this person gives. */
let courses = [];

preparePage();
titled(() => `${t("sessions.title")} · Amphi`);
if (requireIdentity()) await openPage();

async function openPage() {
  showAccount();
  offerDevice();
  onLanguageChange(show);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") refresh();
  });
  if (isTeacher()) offerCreation();
  await refresh();
  const config = await api.config().catch(() => null);
  byID("demo").hidden = config?.demo !== true;
}

async function refresh() {
  try {
    const [mine, held, own] = await Promise.all([
      api.studentSessions(), isTeacher() ? api.instructorSessions() : [], isTeacher() ? api.myCourses() : [],
    ]);
    taught = new Set(held.map((/** @type {any} */ session) => session.id));
    groups = merged(mine, held);
    showCourses(held, own);
    showNotice(byID("problem"), "");
    show();
  } catch (error) {
    if (isSignedOut(error)) return goToSignIn("expired");
    showNotice(byID("problem"), errorText(error));
  }
}

/**
 * The courses that one gives, or has held sessions of, are those to plan the next one in. A form in use stays as it is.
 *
 * @param {any[]} held Sessions.
 * @param {any[]} own Courses.
 */
function showCourses(held, own) {
  /** @type {Map<number, string>} */
  const byNumber = new Map();
  for (const session of held) byNumber.set(session.course_id, session.course?.title ?? session.course_title);
  for (const course of own) if (course.role !== "participant") byNumber.set(course.id, course.title);
  const known = [...byNumber].map(([id, title]) => ({ id, title })).sort((a, b) => a.title.localeCompare(b.title));
  if (JSON.stringify(courses) === JSON.stringify(known)) return;
  courses = known;
  form?.setCourses(known);
}

/**
 * The sessions that one attends and those that one holds, each once, in the groups of the first.
 *
 * @param {Groups} attended
 * @param {any[]} held
 * @returns {Groups}
 */
function merged(attended, held) {
  const known = new Set(GROUPS.flatMap((name) => attended[name].map((session) => session.id)));
  /** @type {Groups} */
  const all = { live: [], upcoming: [], past: [] };
  const others = held.filter((session) => !known.has(session.id));
  for (const session of [...GROUPS.flatMap((name) => attended[name]), ...others]) all[groupOf(session)].push(session);
  const start = (/** @type {any} */ session) => Date.parse(session.scheduled_start_at);
  all.live.sort((a, b) => start(a) - start(b));
  all.upcoming.sort((a, b) => start(a) - start(b));
  all.past.sort((a, b) => start(b) - start(a));
  return all;
}

/** @param {any} session @returns {"live" | "upcoming" | "past"} */
function groupOf(session) {
  if (session.status === "live") return "live";
  return session.status === "scheduled" && !isNeverHeld(session, Date.now()) ? "upcoming" : "past";
}

function show() {
  if (!groups) return;
  const { live, upcoming, past } = groups;
  const sections = [
    ...section("live", live), ...section("upcoming", upcoming), ...section("past", past), ...courseLinks(),
  ];
  const empty = make("p", { class: "muted empty" }, t("sessions.none"));
  // The list is drawn anew whenever somebody comes back to the page: what had the focus has it again.
  const focused = byID("sessions").contains(document.activeElement) ? document.activeElement : null;
  byID("sessions").replaceChildren(...(sections.length > 0 ? sections : [empty]));
  if (focused) sameElement(focused)?.focus();
  byID("sessions").setAttribute("aria-busy", "false");
}

/** @param {Element} old @returns {HTMLElement | null} What stands in its place now. */
function sameElement(old) {
  if (old.id) return document.getElementById(old.id);
  const href = old.getAttribute("href");
  return href === null ? null : document.querySelector(`#sessions a[href="${CSS.escape(href)}"]`);
}

/** @param {"live" | "upcoming" | "past"} name @param {any[]} sessions */
function section(name, sessions) {
  if (sessions.length === 0) return [];
  const cards = sessions.map((session) => {
    const isMine = taught.has(session.id);
    return make("li", {}, sessionCard(session, isMine, isMine ? sessionMenu(session, changed) : null));
  });
  return [make("section", { "aria-labelledby": `group-${name}` },
    make("h2", { id: `group-${name}` }, t(`sessions.${name}`)),
    make("ul", { class: "cards" }, ...cards))];
}

/**
 * The list after a change; the focus goes to the session, or to the list when there is none any more.
 *
 * @param {any} session
 * @param {"here" | "nowhere"} where
 */
async function changed(session, where) {
  await refresh();
  const opener = where === "here" ? document.getElementById(`menu-${Number(session.id)}`) : null;
  (opener ?? byID("sessions")).focus();
}

function courseLinks() {
  if (courses.length === 0) return [];
  const links = courses.map(({ id, title }) =>
    make("li", {}, make("a", { href: at(`/course/${Number(id)}/links`) }, t("sessions.links", { course: title }))));
  return [make("section", { "aria-labelledby": "group-courses" },
    make("h2", { id: "group-courses" }, t("sessions.courses")), make("ul", { class: "cards" }, ...links))];
}

function isTeacher() {
  const role = currentIdentity()?.user.role;
  return role === "instructor" || role === "admin";
}

/** The button that shows the form, and the form. */
function offerCreation() {
  const button = byID("new-session");
  const card = byID("create");
  /** @param {boolean} open */
  const setOpen = (open) => {
    card.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  form = new CreateForm(card, {
    created: async (session) => {
      setOpen(false);
      await refresh();
      /** @type {HTMLElement | null} */ (document.querySelector(`a[href="${at(`/class/${Number(session.id)}`)}"]`))?.focus();
    },
    cancelled: () => {
      setOpen(false);
      button.focus();
    },
  });
  button.hidden = false;
  setOpen(form.hasDraft);
  button.addEventListener("click", () => {
    setOpen(card.hidden === true);
    if (!card.hidden) form?.focus();
  });
}
