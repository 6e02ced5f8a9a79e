// @ts-check
/** The chat: a list that follows the newest message, stays bounded, and works from the keyboard. */

import { withoutRepeats } from "../channel/questions.js";
import { byID, copyText, oncePerFrame } from "../dom.js";
import { onLanguageChange } from "../i18n.js";
import { messageItem, pendingItem, questionState } from "./message-item.js";

/**
 * @typedef {import("../channel/class-state.js").Message} Message
 * @typedef {import("./message-item.js").MessageContext} MessageContext
 */

/** So many messages stay on the page while its end is in view; older ones come back on demand. */
const KEPT = 500;
const NEAR_END_PX = 60;
const FOLLOWS_WITHIN_MS = 5 * 60_000;

export class ChatView {
  #client;
  /** @type {() => Omit<MessageContext, "questions">} */
  #context;
  #scroller = byID("scroller");
  #list = byID("messages");
  #pending = byID("pending");
  #earlier = /** @type {HTMLButtonElement} */ (byID("earlier"));
  /** @type {Map<number, {message: Message | null, previous: Message | undefined, state: string | null,
   *                    item: HTMLLIElement}>} By seq; `message` is null where all has to be drawn anew. */
  #shown = new Map();
  #atEnd = true;
  #lastTop = 0;
  /** @type {readonly unknown[][]} The messages and the posts that were drawn last. */
  #drawn = [];

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {() => Omit<MessageContext, "questions">} context
   */
  constructor(client, context) {
    this.#client = client;
    this.#context = context;
    this.update = oncePerFrame(() => this.#render());
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#scroller.addEventListener("keydown", (event) => this.#moveFocus(event));
    this.#list.addEventListener("focusin", (event) => this.#reach(event.target));
    this.#earlier.addEventListener("click", () => this.#loadEarlier());
    byID("newest").addEventListener("click", () => this.showNewest());
    new ResizeObserver(() => this.#atEnd && this.#toEnd()).observe(this.#scroller);
    onLanguageChange(() => this.redraw());
  }

  /** Draws everything anew: the language or what one may do has changed. */
  redraw() {
    for (const shown of this.#shown.values()) shown.message = null;
    this.update();
  }

  showNewest() {
    this.#atEnd = true;
    this.#toEnd();
  }

  #render() {
    if (this.#atEnd) this.#client.trimChat(KEPT);
    const { questions, earliest } = this.#client.state;
    const messages = withoutRepeats(this.#client.state.messages);
    const drawn = [this.#client.state.messages, /** @type {unknown[]} */ (this.#client.pendingPosts)];
    const isNew = drawn.some((list, index) => list !== this.#drawn[index]);
    this.#drawn = drawn;
    const prepended = messages.length > 0 && this.#shown.size > 0 && !this.#shown.has(messages[0].seq);
    const heightBelow = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    this.#renderMessages(messages, { ...this.#context(), questions });
    this.#renderPending();
    this.#earlier.hidden = earliest <= 1;
    byID("no-messages").hidden = messages.length > 0 || this.#client.pendingPosts.length > 0 || earliest > 1;
    if (this.#atEnd) this.#toEnd();
    else if (prepended) this.#scroller.scrollTop = this.#scroller.scrollHeight - heightBelow;
    // What becomes of a question is no reason to go to the end.
    else if (isNew) byID("newest").hidden = false;
  }

  /**
   * Only what is new or different is made; the rest stays as it is.
   *
   * @param {Message[]} messages
   * @param {MessageContext} context
   */
  #renderMessages(messages, context) {
    const wanted = new Set(messages.map((message) => message.seq));
    for (const [seq, { item }] of this.#shown) {
      if (wanted.has(seq)) continue;
      item.remove();
      this.#shown.delete(seq);
    }
    /** @type {Element | null} */
    let cursor = this.#list.firstElementChild;
    messages.forEach((message, index) => {
      const previous = messages[index - 1];
      const shown = this.#shown.get(message.seq);
      const state = questionState(message, context.questions);
      const isSame = shown && shown.message === message && shown.state === state;
      if (isSame && follows(message, previous) === follows(message, shown.previous)) {
        cursor = shown.item.nextElementSibling;
        return;
      }
      const item = messageItem(message, context, follows(message, previous));
      this.#shown.set(message.seq, { message, previous, state, item });
      if (shown) {
        const focused = shown.item.contains(document.activeElement);
        shown.item.replaceWith(item);
        if (focused) item.focus();
        cursor = item.nextElementSibling;
      } else {
        this.#list.insertBefore(item, cursor);
      }
    });
  }

  #renderPending() {
    const posts = this.#client.pendingPosts;
    const context = {
      retry: (/** @type {string} */ id) => this.#client.retryPost(id),
      discard: (/** @type {string} */ id) => this.#client.discardPost(id),
      copy: (/** @type {string} */ text) => copyText(text),
    };
    this.#pending.replaceChildren(...posts.map((post) => pendingItem(post, context)));
    this.#pending.hidden = posts.length === 0;
  }

  async #loadEarlier() {
    this.#atEnd = false;
    this.#earlier.disabled = true;
    try {
      await this.#context().loadEarlier();
    } catch {
      // The button stays; the connection's own line says why nothing came.
    } finally {
      this.#earlier.disabled = false;
      if (this.#earlier.hidden) this.#scroller.focus();
    }
  }

  #scrolled() {
    const top = this.#scroller.scrollTop;
    const below = this.#scroller.scrollHeight - top - this.#scroller.clientHeight;
    // Only who scrolls up leaves the end: when the list grows or its box shrinks, the end moves away by itself.
    if (below < NEAR_END_PX) this.#atEnd = true;
    else if (top < this.#lastTop) this.#atEnd = false;
    this.#lastTop = top;
    if (this.#atEnd) byID("newest").hidden = true;
  }

  #toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    byID("newest").hidden = true;
  }

  /**
   * Arrow keys walk through the messages, from the list itself or from one of them.
   *
   * @param {KeyboardEvent} event
   */
  #moveFocus(event) {
    const items = /** @type {HTMLElement[]} */ ([...this.#list.children]);
    const focused = items.findIndex((item) => item.contains(document.activeElement));
    const at = focused < 0 ? items.length : focused;
    const target = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: items.length - 1 }[event.key];
    if (target === undefined || !items[target]) return;
    event.preventDefault();
    items[target].focus();
  }

  /**
   * The buttons of the message in focus, and only those, are in the order of tabs.
   *
   * @param {EventTarget | null} target
   */
  #reach(target) {
    const item = target instanceof Element ? target.closest("li") : null;
    for (const button of this.#list.querySelectorAll("button[tabindex='0']")) button.setAttribute("tabindex", "-1");
    for (const button of item?.querySelectorAll("button") ?? []) button.setAttribute("tabindex", "0");
    for (const reached of this.#list.querySelectorAll("li[tabindex='0']")) reached.setAttribute("tabindex", "-1");
    item?.setAttribute("tabindex", "0");
  }
}

/** @param {Message} message @param {Message | undefined} previous */
function follows(message, previous) {
  if (!previous || previous.deleted || !message.user) return false;
  if (message.kind !== "text" || previous.kind !== "text") return false;
  const apart = Date.parse(message.at) - Date.parse(previous.at);
  return previous.user?.id === message.user.id && apart < FOLLOWS_WITHIN_MS;
}
