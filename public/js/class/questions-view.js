// @ts-check
/** The questions beside the chat: those that wait for a host, those to vote for, and what has become of the others. */

import { byID, make, oncePerFrame, setText } from "../dom.js";
import { onLanguageChange, t } from "../i18n.js";
import { arrange } from "./arranged.js";
import { QuestionItem } from "./question-item.js";
import { halfTold, questionLists, SORTS } from "./question-lists.js";
import { QuestionPages } from "./question-pages.js";

/** So near to its end a list reads on. */
const NEAR_END_PX = 200;

/** @typedef {import("../channel/questions.js").Question} Question */

export class QuestionsView {
  #client;
  #class;
  #pages;
  #panel = byID("panel-questions");
  #sort = /** @type {HTMLSelectElement} */ (byID("question-sort"));
  #more = /** @type {HTMLButtonElement} */ (byID("more-questions"));
  #lists = { pending: byID("pending-questions"), listed: byID("questions"), closed: byID("closed-questions") };
  /** @type {Map<number, QuestionItem>} */
  #items = new Map();
  /** @type {Set<number>} Questions that were looked for over REST. */
  #lookedFor = new Set();
  #draw = oncePerFrame(() => this.#render());

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {{id: number, may: (command: string) => boolean, canPost: () => boolean, ask: () => void,
   *          answer: (question: {id: number, text: string}) => void, remove: (question: {id: number}) => void,
   *          showProblem: (error: any) => void}} theClass
   */
  constructor(client, theClass) {
    this.#client = client;
    this.#class = theClass;
    this.#pages = new QuestionPages(client, theClass.id);
    this.#sort.replaceChildren(...SORTS.map((sort) => make("option", { value: sort })));
    this.#sort.addEventListener("change", () => {
      this.#draw();
      if (!this.#pages.wasRead(this.#shownSort)) void this.#readMore();
    });
    this.#more.addEventListener("click", () => this.#readMore());
    this.#panel.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    byID("ask").addEventListener("click", () => theClass.ask());
    byID("questions-csv").addEventListener("click", () => this.#pages.download().catch(theClass.showProblem));
    onLanguageChange(() => this.#draw());
  }

  update() {
    if (this.#pages.isOutdated()) {
      this.#lookedFor.clear();
      if (this.#isShown) void this.#readMore();
    }
    this.#lookFor();
    this.#draw();
  }

  /** The panel has come into view: whatever the welcome leaves out is read now. */
  shown() {
    this.#lookFor();
    if (!this.#pages.wasRead(this.#shownSort)) void this.#readMore();
  }

  get #isShown() {
    return !this.#panel.hidden;
  }

  get #shownSort() {
    return /** @type {import("./question-lists.js").Sort} */ (this.#sort.value);
  }

  /** A question that is open again, or pinned, may be one that was never told here. */
  #lookFor() {
    if (!this.#isShown) return;
    const missing = () => halfTold(this.#client.state.questions.values());
    const news = missing().filter(({ id }) => !this.#lookedFor.has(id));
    if (news.length === 0 || this.#pages.isReading) return;
    for (const { id } of news) this.#lookedFor.add(id);
    this.#pages.until(() => missing().length > 0).catch(this.#class.showProblem).finally(() => this.update());
  }

  async #readMore() {
    try {
      await this.#pages.more(this.#shownSort);
    } catch (error) {
      this.#class.showProblem(error);
    }
    this.update();
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#panel;
    const isNearEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    const isMore = this.#pages.wasRead(this.#shownSort) && this.#pages.hasMore(this.#shownSort);
    if (isNearEnd && this.#isShown && isMore) void this.#readMore();
  }

  #render() {
    const { questions } = this.#client.state;
    const lists = questionLists(questions.values(), this.#shownSort);
    const focused = this.#panel.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
    // Where it stands now: what is drawn anew stands nowhere any more.
    const [item, queue] = [focused?.closest("li") ?? null, focused?.closest("#pending-questions") ?? null];
    this.#showCounts([...questions.values()]);
    this.#showFrame(lists);
    const context = this.#context();
    /** @type {Map<number, QuestionItem>} */
    const items = new Map();
    for (const name of /** @type {const} */ (["pending", "listed", "closed"])) {
      const elements = lists[name].map((question) => {
        const shown = this.#items.get(question.id) ?? new QuestionItem(question, context);
        shown.update(question, context);
        items.set(question.id, shown);
        return shown.element;
      });
      arrange(this.#lists[name], elements);
    }
    this.#items = items;
    if (focused) this.#keepFocus(focused, item, queue);
  }

  /**
   * The control that had the focus may be gone with what it did: the focus stays near.
   *
   * @param {HTMLElement} focused
   * @param {HTMLElement | null} item
   * @param {Element | null} queue The list of those that wait, if it was there.
   */
  #keepFocus(focused, item, queue) {
    if (document.activeElement === focused && isReachable(focused)) return;
    /** @type {HTMLElement | null} */
    const next = queue?.querySelector("button:not([hidden])") ?? null;
    const choices = [focused, item?.parentElement === queue ? item : next, item, this.#panel];
    choices.find((choice) => choice !== null && isReachable(choice))?.focus();
  }

  /** @param {Question[]} questions */
  #showCounts(questions) {
    const alive = questions.filter(({ deleted }) => !deleted);
    const open = alive.filter(({ state }) => state === "open").length;
    const pending = this.#class.may("question.approve") ? alive.filter(({ state }) => state === "pending").length : 0;
    count("questions-count", open, String(open), "questions.open");
    count("pending-count", pending, `⏳ ${pending}`, "questions.waiting");
  }

  /** @param {ReturnType<typeof questionLists>} lists */
  #showFrame({ pending, listed, closed }) {
    const isHost = this.#class.may("question.state");
    for (const option of this.#sort.options) setText(option, t(`questions.sort_${option.value}`));
    byID("ask").hidden = !this.#class.canPost();
    byID("questions-csv").hidden = !isHost;
    byID("pending-box").hidden = pending.length === 0;
    byID("no-questions").hidden = pending.length + listed.length > 0;
    byID("closed-box").hidden = closed.length === 0;
    setText(byID("closed-title"), t("questions.closed", { count: closed.length }));
    const isAsked = this.#pages.wasRead(this.#shownSort);
    this.#more.hidden = !isAsked || !this.#pages.hasMore(this.#shownSort);
  }

  /** @returns {import("./question-item.js").ItemContext} */
  #context() {
    const { may, canPost, answer, remove } = this.#class;
    const { questions } = this.#client.state;
    return {
      may: (command) => this.#isOpen && may(command),
      canVote: this.#isOpen && may("question.vote"), canPost: this.#isOpen && canPost(), answer, remove,
      run: (type, fields) => this.#run(this.#client.request(type, fields)),
      vote: (question) => void this.#run(this.#vote(question)),
      textOf: (id) => questions.get(id)?.text ?? null,
      targets: ({ id }) => questionLists(this.#client.state.questions.values(), "top").listed
        .filter((other) => other.id !== id && other.state === "open" && !other.private),
    };
  }

  /** @param {Question} question */
  async #vote({ id, voted }) {
    try {
      await this.#client.vote(id, !voted);
    } catch (error) {
      // That it is one's own is known since the refusal.
      throw this.#client.state.questions.get(id)?.own ? { message: t("questions.own_vote") } : error;
    }
  }

  get #isOpen() {
    return this.#client.connection.phase === "open";
  }

  /**
   * @template Reply
   * @param {Promise<Reply>} command
   * @returns {Promise<Reply | null>}
   */
  async #run(command) {
    try {
      const reply = await command;
      byID("problem").hidden = true;
      return reply;
    } catch (error) {
      this.#class.showProblem(error);
      return null;
    }
  }
}

/** @param {HTMLElement} element */
function isReachable(element) {
  // What is folded away has a place of its own all the same in browsers that keep it laid out.
  const isFolded = element.closest("details:not([open])") !== null && element.closest("summary") === null;
  return element.isConnected && element.offsetParent !== null && !isFolded && !element.matches(":disabled");
}

/** @param {string} id @param {number} number @param {string} text @param {string} key Of its name. */
function count(id, number, text, key) {
  byID(id).hidden = number === 0;
  setText(byID(id), text);
  byID(id).setAttribute("aria-label", t(key, { count: number }));
}
