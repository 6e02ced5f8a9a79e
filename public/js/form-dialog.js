// @ts-check
/** A form in a dialog: labelled fields, the hub's refusal beside them, Escape to leave. */

import { make } from "./dom.js";
import { locale, t } from "./i18n.js";
import { refusalText } from "./page.js";

/**
 * @typedef {{
 *   name: string, label: string, type?: string, value?: string | number | null, required?: boolean, hint?: string,
 *   options?: {value: string, label: string}[], lines?: number, more?: Record<string, string>,
 * }} Field  `lines`: how many a field for a longer text shows.
 */

/**
 * Asks for the fields and hands them to `save` until it succeeds; what was typed stays after a refusal.
 *
 * @param {{title: string, fields: Field[], submit?: string, save: (values: Record<string, string>) => Promise<void>}} form
 * @returns {Promise<boolean>} Whether it was saved.
 */
export function askForm({ title, fields, submit = t("admin.save"), save }) {
  return new Promise((resolve) => {
    let saved = false;
    const controls = fields.map((field) => ({ field, control: controlOf(field) }));
    const problem = make("p", { class: "notice bad", role: "alert", hidden: true });
    const button = make("button", { type: "submit" }, submit);
    const cancel = make("button", { type: "button", class: "quiet" }, t("dialog.cancel"));
    const form = make("form", {},
      make("h2", { id: "form-heading" }, title),
      ...controls.map(({ field, control }) => make("div", { class: "field" },
        make("label", { for: control.id }, field.label), control,
        field.hint ? make("p", { class: "muted", id: `${control.id}-hint` }, field.hint) : null)),
      problem,
      make("div", { class: "row end" }, cancel, button));
    const dialog = make("dialog", { "aria-labelledby": "form-heading" }, form);
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(saved);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      problem.hidden = true;
      try {
        await save(Object.fromEntries(controls.map(({ field, control }) => [field.name, control.value.trim()])));
        saved = true;
        dialog.close();
      } catch (error) {
        problem.textContent = refusalText(error);
        problem.hidden = false;
        const wrong = /** @type {any} */ (error).body?.field;
        controls.find(({ field }) => field.name === wrong)?.control.focus();
      } finally {
        button.disabled = false;
      }
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** @param {Field} field @returns {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} */
function controlOf({ name, type = "text", value, required, hint, options, lines, more = {} }) {
  const id = `form-${name}`;
  const described = hint ? { "aria-describedby": `${id}-hint` } : {};
  if (options) {
    const select = make("select", { id, required: required === true, ...described },
      ...options.map((option) => make("option", { value: option.value }, option.label)));
    select.value = String(value ?? options[0]?.value ?? "");
    return select;
  }
  const attributes = { id, required: required === true, autocomplete: "off", ...described, ...more };
  const input = lines ? make("textarea", { rows: String(lines), ...attributes }) : make("input", { type, ...attributes });
  input.value = value === null || value === undefined ? "" : String(value);
  return input;
}

/**
 * Shows a one-use link: it is told once, so it can be copied from here and nowhere else.
 *
 * @param {string} title
 * @param {string} name Whose.
 * @param {{url: string, expires_at: string}} link
 */
export function showLink(title, name, link) {
  const close = make("button", { type: "button" }, t("admin.close"));
  const dialog = make("dialog", { class: "link-dialog", "aria-labelledby": "link-title" },
    make("h2", { id: "link-title" }, title),
    make("p", { class: "muted" }, t("admin.link_advice")),
    make("p", {}, make("strong", {}, name)),
    make("p", {}, make("code", {}, link.url)),
    make("p", { class: "muted" }, t("admin.link_until", { time: new Date(link.expires_at).toLocaleString(locale()) })),
    make("div", { class: "row end" }, close));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
