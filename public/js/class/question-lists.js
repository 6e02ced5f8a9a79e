// @ts-check
/** Which questions stand where, and in which order. Pure. */

import { isTold } from "../channel/questions.js";

/** @typedef {import("../channel/questions.js").Question} Question */
/** @typedef {"top" | "new" | "unanswered"} Sort */

export const SORTS = /** @type {const} */ (["top", "new", "unanswered"]);

/** @type {Record<Sort, (a: Question, b: Question) => number>} */
const ORDERS = {
  top: (a, b) => (b.votes ?? 0) - (a.votes ?? 0) || a.seq - b.seq,
  new: (a, b) => b.seq - a.seq,
  unanswered: (a, b) => Number(a.state !== "open") - Number(b.state !== "open") || a.seq - b.seq,
};

/**
 * @param {Iterable<Question>} questions
 * @param {Sort} sort
 * @returns {{pending: Question[], listed: Question[], closed: Question[]}} `listed` are the open ones below the pinned
 *   ones, which stay on top whatever has become of them; `pending` begins with whoever has waited longest.
 */
export function questionLists(questions, sort) {
  const told = [...questions].filter((question) => !question.deleted && isTold(question));
  const isListed = (/** @type {Question} */ { state, pinned }) => state !== "pending" && (state === "open" || pinned === true);
  const byPin = (/** @type {Question} */ a, /** @type {Question} */ b) => Number(b.pinned) - Number(a.pinned);
  return {
    pending: told.filter(({ state }) => state === "pending").sort((a, b) => a.seq - b.seq),
    listed: told.filter(isListed).sort((a, b) => byPin(a, b) || ORDERS[sort](a, b)),
    closed: told.filter((question) => question.state !== "pending" && !isListed(question)).sort(ORDERS.new),
  };
}

/**
 * Questions that should be listed and of which the channel has told only a part.
 *
 * @param {Iterable<Question>} questions
 */
export function halfTold(questions) {
  return [...questions].filter((question) =>
    !question.deleted && !isTold(question) && (question.pinned === true || question.state === "open" || question.state === "pending"));
}
