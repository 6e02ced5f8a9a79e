// @ts-check
/** One question of the list. It is made once and changed in place, so that whoever is on it with the keyboard stays there. */

import { button, linked, make, setText } from "../dom.js";
import { clockTime } from "../format.js";
import { language, t } from "../i18n.js";
import { menu } from "../menu.js";
import { questionMenu } from "./question-menu.js";

/**
 * @typedef {import("../channel/questions.js").Question} Question
 * @typedef {import("./question-menu.js").Acts & {canVote: boolean, vote: (question: Question) => void,
 *            textOf: (id: number) => string | null}} ItemContext
 */

export class QuestionItem {
  element;
  #id;
  #question;
  #vote;
  #votes = make("span", { class: "vote-count" });
  #head = make("p", { class: "message-head" });
  #text = make("p", { class: "message-text", dir: "auto" });
  #state = make("p", { class: "muted question-state" });
  #acts = make("div", { class: "question-acts" });
  #look = "";
  #actsLook = "";

  /** @param {Question} question @param {ItemContext} context */
  constructor(question, context) {
    this.#id = question.id;
    this.#question = question;
    this.#text.id = `question-text-${this.#id}`;
    this.#vote = make("button", {
      type: "button", class: "vote quiet", "aria-describedby": this.#text.id, onclick: () => this.#press(),
    }, make("span", { "aria-hidden": "true" }, "▲"), this.#votes);
    this.element = make("li", { class: "question-item", "data-id": String(this.#id), tabindex: "-1" },
      this.#vote, make("div", { class: "question-body" }, this.#head, this.#text, this.#state), this.#acts);
    this.#context = context;
    this.update(question, context);
  }

  /** @type {ItemContext} */
  #context;

  /** @param {Question} question @param {ItemContext} context */
  update(question, context) {
    this.#question = question;
    this.#context = context;
    const merged = question.mergedInto === null ? null : context.textOf(question.mergedInto);
    const rights = [context.canVote, context.canPost, context.may("question.state"), context.may("chat.delete.any")];
    const look = JSON.stringify([question, merged, rights, language()]);
    if (look === this.#look) return;
    this.#look = look;
    this.#showVotes(question, context);
    this.#showText(question, merged);
    this.#showActs(question, context, JSON.stringify([
      question.state, question.pinned, question.own, question.anonymous, rights, language(),
    ]));
  }

  #press() {
    // Not `disabled` while nothing can be sent: that would take the focus away.
    if (this.#vote.getAttribute("aria-disabled") !== "true") this.#context.vote(this.#question);
  }

  /** @param {Question} question @param {ItemContext} context */
  #showVotes({ state, votes, voted, own, private: isPrivate }, { canVote }) {
    this.#vote.hidden = isPrivate || state === "pending";
    this.#vote.disabled = own || state !== "open";
    this.#vote.setAttribute("aria-disabled", String(!canVote));
    this.#vote.setAttribute("aria-pressed", String(voted));
    this.#vote.setAttribute("aria-label", t(own ? "questions.votes_own" : "questions.vote", { count: votes ?? 0 }));
    setText(this.#votes, String(votes ?? 0));
  }

  /** @param {Question} question @param {string | null} merged */
  #showText(question, merged) {
    const { at, user, text, state, how, pinned, own, private: isPrivate, anonymous } = question;
    const tag = (/** @type {boolean} */ is, /** @type {string} */ key) => (is ? make("span", { class: "tag" }, t(key)) : null);
    const author = anonymous || !user ? t("chat.anonymous") : user.name;
    /** @type {(HTMLElement | null)[]} */
    const parts = [
      make("strong", { class: "author", dir: "auto" }, author), own ? make("span", { class: "muted" }, t("people.you")) : null,
      tag(!anonymous && user?.role === "guest", "role.guest"),
      tag(pinned === true, "questions.pinned"), tag(isPrivate, "questions.private"),
      at === null ? null : make("time", { datetime: at }, clockTime(at)),
    ];
    this.#head.replaceChildren(...shown(parts));
    if (this.#text.textContent !== text) this.#text.replaceChildren(...linked(text ?? ""));
    const isOpen = state === "open";
    this.#state.hidden = isOpen;
    const key = state === "answered" ? `questions.state_answered_${how ?? "live"}` : `questions.state_${state}`;
    setText(this.#state, isOpen ? "" : t(state === "merged" && merged ? "questions.state_merged_into" : key, { text: merged ?? "" }));
    this.element.classList.toggle("pinned", pinned === true);
    this.element.classList.toggle("closed", !isOpen && state !== "pending");
  }

  /** @param {Question} question @param {ItemContext} context @param {string} look */
  #showActs(question, context, look) {
    if (look === this.#actsLook) return;
    this.#actsLook = look;
    const { id } = question;
    const isQueued = question.state === "pending" && context.may("question.approve");
    const labelled = { "aria-describedby": this.#text.id };
    // The menu's acts are those of the moment in which it is opened anew: rights that change draw it again.
    const items = questionMenu(question, context);
    const more = items.length > 0 ? menu(t("menu.of", { title: short(question.text ?? "") }), `question-menu-${id}`, items) : null;
    /** @type {(HTMLElement | null)[]} */
    const parts = [
      isQueued ? button(t("questions.approve"), "small", () => void context.run("question.approve", { id }), labelled) : null,
      isQueued ? button(t("questions.dismiss"), "small quiet",
        () => void context.run("question.state", { id, state: "dismissed" }), labelled) : null,
      more,
    ];
    this.#acts.replaceChildren(...shown(parts));
  }
}

/** @param {(HTMLElement | null)[]} parts */
function shown(parts) {
  return parts.flatMap((part) => (part === null ? [] : [part]));
}

/** @param {string} text */
function short(text) {
  const letters = [...text];
  return letters.length > 60 ? `${letters.slice(0, 60).join("")}…` : text;
}
