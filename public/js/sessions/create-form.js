// @ts-check
/** The form that plans a live session. */

import { make } from "../dom.js";
import { translatePage } from "../i18n.js";
import { currentIdentity } from "../identity.js";
import { api, refusalText } from "../page.js";
import { planDraft } from "./plan-draft.js";
import { field, SessionFields } from "./session-fields.js";

/** @typedef {{created: (session: any) => void, cancelled: () => void}} Done */
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

export class CreateForm {
  #card;
  #done;
  #form;
  #draft = planDraft(currentIdentity()?.user.id);
  #course = make("div");
  #fields = new SessionFields("create", ["title", "start", "minutes", "places", "description", "chat"]);
  #problem = make("p", { class: "notice bad", role: "alert", hidden: true });
  #submit = make("button", { type: "submit", "data-text": "create.submit" });

  /** @param {HTMLElement} card Where the form goes. @param {Done} done */
  constructor(card, done) {
    this.#card = card;
    this.#done = done;
    const cancel = () => {
      this.#draft.save(null);
      done.cancelled();
    };
    const form = make("form", { class: "fields" }, this.#course, ...this.#fields.elements(), this.#problem,
      make("div", { class: "row end wide" },
        make("button", { type: "button", class: "quiet", "data-text": "dialog.cancel", onclick: cancel }),
        this.#submit));
    this.#form = form;
    form.addEventListener("keydown", (event) => event.key === "Escape" && cancel());
    form.addEventListener("input", () => this.#draft.save(Object.fromEntries(this.#controls.map((control) =>
      [control.id, isCheckbox(control) ? control.checked : control.value]))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#fields.check()) this.#create();
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
    this.#restore();
  }

  /** Whether something was typed here before, and neither saved nor given up. */
  get hasDraft() {
    return this.#draft.load() !== null;
  }

  #restore() {
    const plan = this.#draft.load() ?? {};
    for (const control of this.#controls) {
      const value = plan[control.id];
      if (isCheckbox(control)) control.checked = typeof value === "boolean" ? value : control.checked;
      else if (typeof value === "string" && offers(control, value)) control.value = value;
    }
  }

  get #controls() {
    return [...this.#form.querySelectorAll("input, select, textarea")].map((one) => /** @type {Control} */ (one));
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
      const session = await api.createSession(Number(this.#courseControl.value), this.#fields.values());
      this.#draft.save(null);
      this.#fields.clear();
      this.#done.created(session);
    } catch (error) {
      this.#problem.textContent = refusalText(error);
      this.#problem.hidden = false;
    } finally {
      this.#submit.disabled = false;
    }
  }
}

/** @param {Control} control @returns {control is HTMLInputElement} */
function isCheckbox(control) {
  return control.type === "checkbox";
}

/**
 * Whether it can be put back: a course that there is no more is not chosen again.
 *
 * @param {Control} control
 * @param {string} value
 */
function offers(control, value) {
  return !(control instanceof HTMLSelectElement) || [...control.options].some((option) => option.value === value);
}
