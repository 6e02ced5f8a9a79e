// @ts-check
/** The form that plans a live session. */

import { make } from "../dom.js";
import { errorText, translatePage } from "../i18n.js";
import { api } from "../page.js";

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;

/** @typedef {{created: (session: any) => void, cancelled: () => void}} Done */

export class CreateForm {
  #card;
  #done;
  #course = make("div");
  #title = make("input", { id: "create-title", required: true, maxlength: "255", autocomplete: "off" });
  #start = make("input", { id: "create-start", type: "datetime-local", required: true });
  #minutes = make("input", {
    id: "create-minutes", type: "number", min: "5", max: "720", step: "5", value: "60", required: true,
  });
  #description = make("textarea", { id: "create-description", rows: "2", maxlength: "4000" });
  #chat = make("input", { type: "checkbox", id: "create-chat", checked: true });
  #problem = make("p", { class: "notice bad", role: "alert", hidden: true });
  #submit = make("button", { type: "submit", "data-text": "create.submit" });

  /** @param {HTMLElement} card Where the form goes. @param {Done} done */
  constructor(card, done) {
    this.#card = card;
    this.#done = done;
    this.#start.value = localTime(new Date(Math.ceil((Date.now() + 5 * MINUTE_MS) / QUARTER_MS) * QUARTER_MS));
    const form = make("form", { class: "fields" },
      this.#course, field("create.name", this.#title), field("create.start", this.#start),
      field("create.minutes", this.#minutes), field("create.description", this.#description, "wide"),
      make("label", { class: "check wide" }, this.#chat, make("span", { "data-text": "create.chat" })),
      this.#problem,
      make("div", { class: "row end wide" },
        make("button", { type: "button", class: "quiet", "data-text": "dialog.cancel", onclick: done.cancelled }),
        this.#submit));
    form.addEventListener("keydown", (event) => event.key === "Escape" && done.cancelled());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#create();
    });
    card.replaceChildren(make("h2", { id: "create-heading", "data-text": "create.title" }), form);
    this.setCourses([]);
  }

  /**
   * Offers these courses; while none is known, asks for the course's number in the platform.
   *
   * @param {{id: number, title: string}[]} courses
   */
  setCourses(courses) {
    const options = courses.map(({ id, title }) => make("option", { value: String(id) }, title));
    const next = options.length > 0
      ? field("create.course", make("select", { id: "create-course", required: true }, ...options))
      : field("create.course_number", make("input", { id: "create-course", type: "number", min: "1", required: true }));
    this.#course.replaceWith(next);
    this.#course = next;
    translatePage(this.#card);
  }

  focus() {
    this.#courseControl.focus();
  }

  get #courseControl() {
    return /** @type {HTMLInputElement | HTMLSelectElement} */ (this.#course.querySelector("select, input"));
  }

  async #create() {
    this.#submit.disabled = true;
    this.#problem.hidden = true;
    try {
      const session = await api.createSession(Number(this.#courseControl.value), this.#fields());
      this.#title.value = this.#description.value = "";
      this.#done.created(session);
    } catch (error) {
      this.#problem.textContent = errorText(error);
      this.#problem.hidden = false;
    } finally {
      this.#submit.disabled = false;
    }
  }

  #fields() {
    const start = new Date(this.#start.value);
    const description = this.#description.value.trim();
    return {
      title: this.#title.value.trim(),
      scheduled_start_at: start.toISOString(),
      scheduled_end_at: new Date(start.getTime() + Number(this.#minutes.value) * MINUTE_MS).toISOString(),
      is_chat_enabled: this.#chat.checked,
      ...(description ? { description } : {}),
    };
  }
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
