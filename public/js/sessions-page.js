// @ts-check
/** The start page: my live sessions, now, soon and over; whoever teaches also plans new ones. */

import { at } from "./base.js";
import { byID, make } from "./dom.js";
import { currentIdentity } from "./identity.js";
import { errorText, onLanguageChange, t } from "./i18n.js";
import { api, isSignedOut, goToSignIn, preparePage, requireIdentity, showAccount, titled } from "./page.js";
import { CreateForm } from "./sessions/create-form.js";
import { sessionCard } from "./sessions/session-card.js";

/** @typedef {Record<"live" | "upcoming" | "past", any[]>} Groups */

const HOUR_MS = 3600_000;
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
    byID("problem").hidden = true;
    show();
  } catch (error) {
    if (isSignedOut(error)) return goToSignIn("expired");
    byID("problem").textContent = errorText(error);
    byID("problem").hidden = false;
  }
}

/**
 * The courses that one gives, or has held sessions of, are those to plan the next one in. A form in use stays as it is.
 *
 * @param {any[]} held Sessions.
 * @param {any[]} own Courses.
 */
function showCourses(held, own) {
  const byNumber = new Map([
    ...held.map((session) => [session.course_id, session.course?.title ?? session.course_title]),
    ...own.filter((course) => course.role !== "participant").map((course) => [course.id, course.title]),
  ]);
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
  const all = { live: [...attended.live], upcoming: [...attended.upcoming], past: [...attended.past] };
  for (const session of held) if (!known.has(session.id)) all[groupOf(session)].push(session);
  const start = (/** @type {any} */ session) => Date.parse(session.scheduled_start_at);
  all.live.sort((a, b) => start(a) - start(b));
  all.upcoming.sort((a, b) => start(a) - start(b));
  all.past.sort((a, b) => start(b) - start(a));
  return all;
}

/** @param {any} session @returns {"live" | "upcoming" | "past"} */
function groupOf(session) {
  if (session.status === "live") return "live";
  const startable = Date.parse(session.scheduled_end_at) + HOUR_MS > Date.now();
  return session.status === "scheduled" && startable ? "upcoming" : "past";
}

function show() {
  if (!groups) return;
  const { live, upcoming, past } = groups;
  const sections = [
    ...section("live", live), ...section("upcoming", upcoming), ...section("past", past), ...courseLinks(),
  ];
  const empty = make("p", { class: "muted empty" }, t("sessions.none"));
  byID("sessions").replaceChildren(...(sections.length > 0 ? sections : [empty]));
  byID("sessions").setAttribute("aria-busy", "false");
}

/** @param {"live" | "upcoming" | "past"} name @param {any[]} sessions */
function section(name, sessions) {
  if (sessions.length === 0) return [];
  const cards = sessions.map((session) => make("li", {}, sessionCard(session, taught.has(session.id))));
  return [make("section", { "aria-labelledby": `group-${name}` },
    make("h2", { id: `group-${name}` }, t(`sessions.${name}`)),
    make("ul", { class: "cards" }, ...cards))];
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
  button.addEventListener("click", () => {
    setOpen(card.hidden === true);
    if (!card.hidden) form?.focus();
  });
}
