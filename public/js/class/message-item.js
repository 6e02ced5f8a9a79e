// @ts-check
/** One message of the chat as a list item. */

import { button, linked, make } from "../dom.js";
import { clockTime, initials } from "../format.js";
import { errorText, t } from "../i18n.js";

/**
 * @typedef {import("../channel/class-state.js").Message} Message
 * @typedef {import("../channel/outbox.js").PendingPost} PendingPost
 * @typedef {import("../channel/questions.js").Questions} Questions
 * @typedef {{meID: number, canDeleteAny: boolean, canPost: boolean, questions: Questions,
 *            answer: (message: Message) => void, remove: (message: Message) => void,
 *            loadEarlier: () => Promise<void>}} MessageContext
 */

/**
 * @param {Message} message
 * @param {MessageContext} context
 * @param {boolean} follows Whether the same person wrote the message before, a moment ago.
 * @returns {HTMLLIElement}
 */
export function messageItem(message, context, follows) {
  const own = message.user?.id === context.meID;
  const name = message.user?.name ?? t("chat.anonymous");
  const traits = { own, follows, deleted: message.deleted };
  const classes = ["message", message.kind, ...Object.entries(traits).flatMap(([name, is]) => (is ? [name] : []))];
  return make("li", { class: classes.join(" "), "data-id": String(message.id), tabindex: "-1" },
    avatar(message.user, name),
    make("div", { class: "message-body" },
      heading(name, message, context.questions),
      quoted(message, context.questions),
      text(message),
      actions(message, context, own)));
}

/**
 * @param {PendingPost} post
 * @param {{retry: (clientId: string) => void, discard: (clientId: string) => void, copy: (text: string) => void}} context
 * @returns {HTMLLIElement}
 */
export function pendingItem(post, context) {
  const failed = post.status === "failed";
  const state = failed ? errorText(post.error) : t("chat.sending");
  return make("li", { class: `message own waiting ${post.kind} ${failed ? "failed" : ""}` },
    make("div", { class: "message-body" },
      make("p", { class: "message-text" }, ...linked(post.text)),
      make("p", { class: "message-state" }, state),
      failed ? make("div", { class: "message-actions shown" },
        button(t("chat.retry"), "small quiet", () => context.retry(post.clientId)),
        button(t("chat.copy"), "small quiet", () => context.copy(post.text)),
        button(t("chat.discard"), "small quiet", () => context.discard(post.clientId))) : null));
}

/** @param {{id: number} | null} user @param {string} name */
export function avatar(user, name) {
  return make("span", { class: "avatar", "data-hue": user ? String(user.id % 6) : "none", "aria-hidden": "true" },
    user ? initials(name) : "?");
}

/** @param {string} name @param {Message} message @param {Questions} questions */
function heading(name, message, questions) {
  const state = questionState(message, questions);
  const role = message.user && message.user.role !== "participant" ? t(`role.${message.user.role}`) : null;
  return make("p", { class: "message-head" },
    make("strong", { class: "author", dir: "auto" }, name),
    role ? make("span", { class: "tag" }, role) : null,
    message.kind === "text" ? null : make("span", { class: `tag ${message.kind}` }, t(`kind.${message.kind}`)),
    message.private ? make("span", { class: "tag" }, t("questions.private")) : null,
    state ? make("span", { class: "tag state" }, t(state)) : null,
    make("time", { datetime: message.at }, clockTime(message.at)));
}

/**
 * What has become of a question, as the key of a sentence; null for one that is open, and for other messages.
 *
 * @param {Message} message
 * @param {Questions} questions
 */
export function questionState({ id, kind, deleted }, questions) {
  const question = kind === "question" && !deleted ? questions.get(id) : undefined;
  if (!question || question.state === null || question.state === "open") return null;
  return question.state === "answered" ? `questions.state_answered_${question.how ?? "live"}` : `questions.state_${question.state}`;
}

/** @param {Message} message @param {Questions} questions */
function quoted(message, questions) {
  if (message.replyTo === null || message.deleted) return null;
  const question = questions.get(message.replyTo);
  const said = question && !question.deleted && question.text !== null ? question.text : t("chat.earlier_question");
  return make("p", { class: "quoted" }, said);
}

/** @param {Message} message */
function text(message) {
  if (message.deleted) return make("p", { class: "message-text muted" }, t("chat.deleted"));
  return make("p", { class: "message-text", dir: "auto" }, ...linked(message.text));
}

/** @param {Message} message @param {MessageContext} context @param {boolean} own */
function actions(message, context, own) {
  if (message.deleted) return null;
  const buttons = [];
  if (message.kind === "question" && context.canPost) {
    buttons.push(button(t("chat.answer"), "small quiet", () => context.answer(message), { tabindex: "-1" }));
  }
  if (own || context.canDeleteAny) {
    buttons.push(button(t("chat.delete"), "small quiet", () => context.remove(message), { tabindex: "-1" }));
  }
  return buttons.length > 0 ? make("div", { class: "message-actions" }, ...buttons) : null;
}
