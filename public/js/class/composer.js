// @ts-check
/** Where a message is written: Enter sends, Shift+Enter breaks the line, Escape gives up an answer. */

import { button, byID, make, setText } from "../dom.js";
import { placeOf } from "../channel/questions.js";
import { t, translatePage } from "../i18n.js";

/** Shown from here on, so that the limit surprises nobody. */
const COUNTER_FROM = 0.8;
/** Said aloud when so few are left, instead of at every letter. */
const SAID_AT = [100, 20, 0];
const DEFAULT_LIMIT = 4000;

export class Composer {
  #client;
  #form = /** @type {HTMLFormElement} */ (byID("composer"));
  #field = make("textarea", {
    id: "message", rows: "1", enterkeyhint: "send", "data-hint": "composer.hint", "data-label": "composer.label",
  });
  #question = make("input", { type: "checkbox", id: "as-question" });
  #anonymous = make("input", { type: "checkbox", id: "anonymous" });
  #anonymousLabel = check(this.#anonymous, "composer.anonymous");
  #private = make("input", { type: "checkbox", id: "private" });
  #privateLabel = check(this.#private, "composer.private");
  #announcement = make("input", { type: "checkbox", id: "as-announcement" });
  #announcementLabel = check(this.#announcement, "composer.announcement");
  #options = make("div", { class: "row options" }, check(this.#question, "composer.question"), this.#anonymousLabel,
    this.#privateLabel, this.#announcementLabel);
  #anonymousNote = make("p", { id: "anonymous-note", class: "muted rules", "data-text": "composer.anonymous_note", hidden: true });
  #refused = make("p", { id: "anonymous-refused", class: "bad rules", role: "alert", "data-text": "composer.anonymous_refused", hidden: true });
  #banner = make("div", { class: "answering", hidden: true });
  #counter = make("span", { class: "counter muted" });
  #rules = make("p", { class: "muted rules", hidden: true });
  #seen = make("p", { class: "muted seen-typing", "data-text": "composer.seen_typing", hidden: true });
  /** Whether others saw this draft being written before it became a question. */
  #wasSeen = false;
  #leftBefore = Infinity;
  #send = make("button", { type: "submit", "data-text": "composer.send" });
  /** @type {{id: number, place: import("../channel/outbox.js").Place | null} | null} The question. */
  #answering = null;
  #mayBeAnonymous = true;
  #mayAnnounce = false;
  #needsApproval = false;
  /** What stands in the rules beside the sentence about approval. */
  #ruleTexts = "";

  #announcer;
  #drafts;

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {import("./announcer.js").Announcer} announcer
   * @param {ReturnType<typeof import("./outbox-store.js").draftStore>} drafts
   */
  constructor(client, announcer, drafts) {
    this.#client = client;
    this.#announcer = announcer;
    this.#drafts = drafts;
    this.#anonymous.setAttribute("aria-describedby", "anonymous-note");
    this.#form.replaceChildren(this.#banner, make("div", { class: "row write" }, this.#field, this.#send),
      make("div", { class: "row spread" }, this.#options, this.#counter), this.#rules,
      this.#anonymousNote, this.#refused, this.#seen);
    translatePage(this.#form);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#field.addEventListener("keydown", (event) => this.#keyDown(event));
    this.#field.addEventListener("input", () => this.#edited());
    this.#question.addEventListener("change", () => {
      if (this.#question.checked) this.#announcement.checked = false;
      this.#kindChanged();
    });
    this.#private.addEventListener("change", () => this.#kindChanged());
    this.#anonymous.addEventListener("change", () => {
      this.#kindChanged();
      // Said beside the choice, also where the panel is too small for all of it.
      if (this.#isAnonymous) this.#anonymousNote.scrollIntoView({ block: "nearest" });
    });
    this.#announcement.addEventListener("change", () => {
      if (this.#announcement.checked) this.#question.checked = false;
      this.#kindChanged();
    });
    this.#restore(drafts.load());
  }

  /** @param {boolean} allowed */
  setAllowed(allowed) {
    this.#form.hidden = !allowed;
  }

  /**
   * How this person may write just now. A rule that changes while a draft is written must not make more of it public
   * than was chosen: what is ticked stays ticked until its writer takes it back.
   *
   * @param {{questionsOnly?: boolean, waitSeconds?: number, mayBeAnonymous: boolean, mayAnnounce?: boolean,
   *          needsApproval?: boolean}} rules
   */
  setRules({ questionsOnly = false, waitSeconds = 0, mayBeAnonymous, mayAnnounce = false, needsApproval = false }) {
    this.#mayBeAnonymous = mayBeAnonymous;
    this.#mayAnnounce = mayAnnounce;
    this.#needsApproval = needsApproval;
    const wasOnly = this.#question.disabled;
    this.#question.disabled = questionsOnly;
    if (questionsOnly) this.#question.checked = true;
    else if (wasOnly && this.#isUntouched) this.#question.checked = false;
    this.#ruleTexts = [
      questionsOnly ? t("composer.questions_only") : "", waitSeconds > 0 ? t("composer.slow", { seconds: waitSeconds }) : "",
    ].filter(Boolean).join(" ");
    if (wasOnly !== questionsOnly) this.#kindChanged();
    else this.#showKind();
  }

  /** Begins a question; what is written already becomes it. */
  ask() {
    this.#answering = null;
    this.#question.checked = true;
    this.#announcement.checked = false;
    this.#kindChanged();
    this.#field.focus();
  }

  /** @param {{id: number, text: string}} question */
  answer(question) {
    this.#answering = { id: question.id, place: placeOf(this.#client.state.questions, question.id) };
    const what = make("span", { dir: "auto" }, question.text);
    this.#banner.replaceChildren(
      make("p", {}, make("strong", {}, t("composer.answering")), " ", what),
      button(t("dialog.cancel"), "small quiet", () => this.#endAnswer()));
    this.#showKind();
    this.#field.focus();
  }

  focus() {
    this.#field.focus();
  }

  #submit() {
    const text = this.#field.value.trim();
    if (this.#isRefused) {
      this.#anonymous.focus();
      return;
    }
    if (text === "" || this.#length(text) > this.#limit) {
      this.#field.focus();
      return;
    }
    const kind = this.#answering ? "answer" : this.#asks ? "question" : this.#announces ? "announcement" : "text";
    this.#client.post({
      kind, text, replyTo: this.#answering?.id ?? null, question: this.#answering?.place ?? null,
      anonymous: this.#isAnonymous, private: this.#asks && this.#private.checked,
    });
    this.#field.value = "";
    this.#anonymous.checked = this.#private.checked = this.#announcement.checked = this.#wasSeen = false;
    this.#question.checked = this.#question.disabled;
    this.#endAnswer();
    this.#edited();
  }

  /** @param {KeyboardEvent} event */
  #keyDown(event) {
    // Enter that ends a composition (Japanese, Chinese, accents) belongs to the input method.
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && this.#answering) {
      event.preventDefault();
      this.#endAnswer();
    }
  }

  /** @param {import("./outbox-store.js").Draft} draft */
  #restore({ text, asks, isAnonymous, isPrivate, announces }) {
    this.#field.value = text;
    this.#question.checked = asks;
    this.#anonymous.checked = asks && isAnonymous;
    this.#private.checked = asks && isPrivate;
    this.#announcement.checked = announces && !asks;
    this.#showKind();
  }

  #keepDraft() {
    const { value: text } = this.#field;
    this.#drafts.save({
      text, asks: this.#question.checked, isAnonymous: this.#anonymous.checked, isPrivate: this.#private.checked,
      announces: this.#announcement.checked,
    });
  }

  #edited() {
    this.#keepDraft();
    const used = this.#length(this.#field.value.trim());
    const left = this.#limit - used;
    this.#counter.textContent = used > this.#limit * COUNTER_FROM ? t("composer.left", { count: left }) : "";
    this.#counter.classList.toggle("bad", used > this.#limit);
    this.#send.disabled = used > this.#limit;
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight}px`;
    this.#sayLeft(left);
    if (used > 0 && !this.#asks && !this.#announces) this.#client.typing();
    else this.#client.stoppedTyping();
  }

  /** @param {number} left */
  #sayLeft(left) {
    const passed = SAID_AT.filter((count) => left <= count && count < this.#leftBefore);
    this.#leftBefore = left;
    if (passed.length > 0) this.#announcer.say(t("composer.left", { count: left }));
  }

  /** A question may become one without a name: from here on nobody sees it being written. */
  #kindChanged() {
    if (this.#asks) {
      this.#wasSeen ||= this.#client.isSeenTyping;
      this.#client.stoppedTyping();
    } else if (this.#announces) {
      this.#client.stoppedTyping();
    }
    this.#keepDraft();
    this.#showKind();
  }

  get #asks() {
    return this.#question.checked && this.#answering === null;
  }

  get #isAnonymous() {
    return this.#asks && this.#anonymous.checked;
  }

  /** Whether no name was to be sent, and hosts allow that no more. */
  get #isRefused() {
    return this.#isAnonymous && !this.#mayBeAnonymous;
  }

  /** Whether nothing is written, and nothing chosen that only a question can be. */
  get #isUntouched() {
    return this.#field.value.trim() === "" && !this.#anonymous.checked && !this.#private.checked;
  }

  get #announces() {
    return this.#announcement.checked && this.#mayAnnounce && this.#answering === null;
  }

  #endAnswer() {
    this.#answering = null;
    this.#showKind();
    this.#field.focus();
  }

  #showKind() {
    this.#banner.hidden = this.#answering === null;
    this.#options.hidden = this.#answering !== null;
    this.#anonymousLabel.hidden = !this.#question.checked || !this.#mayBeAnonymous && !this.#anonymous.checked;
    this.#privateLabel.hidden = !this.#question.checked;
    this.#announcementLabel.hidden = !this.#mayAnnounce;
    const approval = this.#asks && this.#needsApproval && !this.#private.checked ? t("composer.needs_approval") : "";
    const rules = [this.#ruleTexts, approval].filter(Boolean).join(" ");
    this.#rules.hidden = rules === "";
    setText(this.#rules, rules);
    this.#anonymousNote.hidden = !this.#isAnonymous || this.#isRefused;
    this.#refused.hidden = !this.#isRefused;
    this.#seen.hidden = !(this.#isAnonymous && this.#wasSeen);
  }

  get #limit() {
    return Number(this.#client.state.limits.text_characters) || DEFAULT_LIMIT;
  }

  /**
   * Characters as code points: never fewer than the hub counts.
   *
   * @param {string} text
   */
  #length(text) {
    return [...text].length;
  }
}

/**
 * @param {HTMLInputElement} box
 * @param {string} key
 */
function check(box, key) {
  return make("label", { class: "check" }, box, make("span", { "data-text": key }));
}
