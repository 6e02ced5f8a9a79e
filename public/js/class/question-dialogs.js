// @ts-check
/** What is asked and told of one question: into which other one it is merged, and who asked it. */

import { make } from "../dom.js";
import { t } from "../i18n.js";

/** @typedef {import("../channel/questions.js").Question} Question */

/**
 * @param {Question} question
 * @param {Question[]} others Those it may become a part of.
 * @returns {Promise<number | null>} The id of the chosen one; null when it was given up.
 */
export function chooseTarget(question, others) {
  const choices = others.map(({ id, text }) => make("label", { class: "check choice" },
    make("input", { type: "radio", name: "into", value: String(id), required: true }),
    make("span", { dir: "auto" }, text ?? "")));
  const body = choices.length > 0 ? make("div", { class: "choices", role: "radiogroup", "aria-labelledby": "ask-heading" }, ...choices)
    : make("p", {}, t("questions.merge_none"));
  const parts = [make("p", { class: "muted clamped", dir: "auto" }, question.text ?? ""), body];
  return ask(t("questions.merge_title"), parts, choices.length > 0 ? t("questions.merge_yes") : null, (form) => {
    const chosen = new FormData(form).get("into");
    return chosen === null ? null : Number(chosen);
  });
}

/** @param {string} name Of whoever asked. */
export function showAuthor(name) {
  return ask(t("questions.author_title"), [make("p", { dir: "auto", class: "author-name" }, name)], null, () => null);
}

/**
 * @template Answer
 * @param {string} title
 * @param {HTMLElement[]} parts
 * @param {string | null} yes Without it there is nothing to answer.
 * @param {(form: HTMLFormElement) => Answer} read
 * @returns {Promise<Answer | null>}
 */
function ask(title, parts, yes, read) {
  return new Promise((resolve) => {
    const no = make("button", { type: "button", class: "quiet" }, t(yes === null ? "dialog.close" : "dialog.cancel"));
    const form = make("form", { method: "dialog" },
      make("h2", { id: "ask-heading" }, title), ...parts,
      make("div", { class: "row end" }, no, yes === null ? null : make("button", { value: "yes" }, yes)));
    const dialog = make("dialog", { "aria-labelledby": "ask-heading", class: "question" }, form);
    no.addEventListener("click", () => dialog.close(""));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? read(form) : null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
