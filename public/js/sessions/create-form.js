// @ts-check
/** The form that plans a live session. */

import { byID, make } from "../dom.js";
import { errorText, translatePage } from "../i18n.js";
import { api } from "../page.js";

const MINUTE_MS = 60_000;

/**
 * @param {HTMLElement} card Where the form goes.
 * @param {{created: (session: any) => void, cancelled: () => void}} done
 * @returns {{setCourses(courses: {id: number, title: string}[]): void}}
 */
export function fillCreateForm(card, done) {
  let course = courseField([]);
  const title = make("input", { name: "title", id: "create-title", required: true, maxlength: "255", autocomplete: "off" });
  const start = make("input", { name: "scheduled_start_at", id: "create-start", type: "datetime-local", required: true });
  const minutes = make("input", { id: "create-minutes", type: "number", min: "5", max: "720", step: "5", value: "60", required: true });
  const description = make("textarea", { name: "description", id: "create-description", rows: "2", maxlength: "4000" });
  const chat = make("input", { type: "checkbox", id: "create-chat", checked: true });
  const problem = make("p", { class: "notice bad", role: "alert", hidden: true });
  const submit = make("button", { type: "submit", "data-text": "create.submit" });
  start.value = localTime(new Date(Math.ceil((Date.now() + 5 * MINUTE_MS) / (15 * MINUTE_MS)) * 15 * MINUTE_MS));

  const form = make("form", { class: "fields" },
    course, field("create.name", title), field("create.start", start),
    field("create.minutes", minutes), field("create.description", description, "wide"),
    make("label", { class: "check wide" }, chat, make("span", { "data-text": "create.chat" })),
    problem,
    make("div", { class: "row end wide" },
      make("button", { type: "button", class: "quiet", "data-text": "dialog.cancel", onclick: done.cancelled }),
      submit));

  form.addEventListener("keydown", (event) => event.key === "Escape" && done.cancelled());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    problem.hidden = true;
    const from = new Date(start.value);
    try {
      const session = await api.createSession(Number(/** @type {HTMLInputElement} */ (byID("create-course")).value), {
        title: title.value.trim(),
        scheduled_start_at: from.toISOString(),
        scheduled_end_at: new Date(from.getTime() + Number(minutes.value) * MINUTE_MS).toISOString(),
        is_chat_enabled: chat.checked,
        ...(description.value.trim() ? { description: description.value.trim() } : {}),
      });
      title.value = description.value = "";
      done.created(session);
    } catch (error) {
      problem.textContent = errorText(error);
      problem.hidden = false;
    } finally {
      submit.disabled = false;
    }
  });
  card.replaceChildren(make("h2", { id: "create-heading", "data-text": "create.title" }), form);
  translatePage(card);
  return {
    setCourses(courses) {
      const next = courseField(courses);
      course.replaceWith(next);
      course = next;
      translatePage(card);
    },
  };
}

/**
 * The choice among known courses; while none is known, the course's number in the platform.
 *
 * @param {{id: number, title: string}[]} courses
 * @returns {HTMLElement}
 */
function courseField(courses) {
  if (courses.length === 0) {
    const number = make("input", { id: "create-course", type: "number", min: "1", step: "1", required: true });
    return field("create.course_number", number);
  }
  const options = courses.map(({ id, title }) => make("option", { value: String(id) }, title));
  return field("create.course", make("select", { id: "create-course", required: true }, ...options));
}

/**
 * @param {string} key
 * @param {HTMLElement} control
 * @param {string} [extra]
 */
function field(key, control, extra = "") {
  return make("div", { class: `field ${extra}` }, make("label", { for: control.id, "data-text": key }), control);
}

/**
 * The value of a datetime-local field: local time without a zone.
 *
 * @param {Date} date
 */
function localTime(date) {
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS);
  return shifted.toISOString().slice(0, 16);
}
