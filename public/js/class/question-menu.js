// @ts-check
/** What may be done with one question, beside voting: a host's steps, and deleting one's own. */

import { t } from "../i18n.js";
import { confirmed } from "../page.js";
import { chooseTarget, showAuthor } from "./question-dialogs.js";

/**
 * @typedef {import("../channel/questions.js").Question} Question
 * @typedef {{may: (command: string) => boolean, run: (type: string, fields: Record<string, unknown>) => Promise<any>,
 *            canPost: boolean, answer: (question: {id: number, text: string}) => void,
 *            remove: (question: {id: number}) => void, targets: (question: Question) => Question[]}} Acts
 *   `run` resolves to the reply, or to null when it was refused, which it has shown.
 */

/**
 * @param {Question} question
 * @param {Acts} acts
 * @returns {import("../menu.js").MenuItem[]}
 */
export function questionMenu(question, acts) {
  const { id, state, pinned, anonymous, own, private: isPrivate } = question;
  const is = (/** @type {(string | null)[]} */ ...states) => states.includes(state);
  const set = (/** @type {Record<string, unknown>} */ fields) => () => void acts.run("question.state", { id, ...fields });
  /** @type {import("../menu.js").MenuItem[]} */
  const items = [];
  const add = (/** @type {boolean} */ isOffered, /** @type {string} */ key, /** @type {() => void} */ choose, isGrave = false) => {
    if (isOffered) items.push({ label: t(key), choose, isGrave });
  };
  if (acts.may("question.state")) {
    add(is("open"), "questions.answered_live", set({ state: "answered", how: "live" }));
    add(is("open") && acts.canPost, "questions.answer", () => acts.answer({ id, text: question.text ?? "" }));
    add(is("answered", "dismissed"), "questions.reopen", set({ state: "open" }));
    add(!is("pending", "merged") && !pinned, "questions.pin", () => void acts.run("question.pin", { id, on: true }));
    add(!is("pending", "merged") && pinned === true, "questions.unpin", () => void acts.run("question.pin", { id, on: false }));
    add(is("open", "answered"), "questions.dismiss", set({ state: "dismissed" }));
    add(is("open", "pending") && !isPrivate, "questions.merge", () => void merge(question, acts));
    add(anonymous, "questions.author", () => void tellAuthor(id, acts));
  }
  add(own || acts.may("chat.delete.any"), "chat.delete", () => acts.remove({ id }), true);
  return items;
}

/** @param {Question} question @param {Acts} acts */
async function merge(question, acts) {
  const into = await chooseTarget(question, acts.targets(question));
  if (into !== null) await acts.run("question.merge", { id: question.id, into });
}

/** @param {number} id @param {Acts} acts */
async function tellAuthor(id, acts) {
  const question = { title: t("questions.author_ask"), text: t("questions.author_noted"), yes: t("questions.author_yes") };
  if (!(await confirmed(question))) return;
  const reply = await acts.run("question.author", { id });
  if (reply) await showAuthor(reply.user.name);
}
