// @ts-check
/** The chat of a class that is over: read once over REST, since its channel is closed. */

import { api } from "../page.js";
import { byID, make } from "../dom.js";
import { t } from "../i18n.js";
import { messageItem } from "./message-item.js";

export class ChatArchive {
  #sessionID;
  #asked = false;
  /** @type {number | null} */
  #before = null;

  /** @param {number} sessionID */
  constructor(sessionID) {
    this.#sessionID = sessionID;
  }

  /**
   * @param {import("../channel/class-state.js").ClassState} state
   * @param {number} meID
   */
  async show(state, meID) {
    if (this.#asked) return;
    this.#asked = true;
    await this.#page(state, meID);
  }

  /** @param {import("../channel/class-state.js").ClassState} state @param {number} meID */
  async #page(state, meID) {
    const rows = await api.chat(this.#sessionID, this.#before).catch(() => []);
    const messages = rows.map(messageOf).sort((/** @type {any} */ a, /** @type {any} */ b) => a.seq - b.seq);
    const questions = new Map([...state.questions, ...messages.map((/** @type {any} */ message) => [message.id, message])]);
    const context = { meID, canDeleteAny: false, canPost: false, questions, answer: ignore, remove: ignore };
    const items = messages.map((/** @type {any} */ message) => messageItem({ ...message }, context, false));
    byID("messages").prepend(...items);
    byID("no-messages").hidden = byID("messages").children.length > 0;
    byID("scroller").querySelector("#earlier-archived")?.remove();
    if (messages.length < 100) return;
    this.#before = messages[0].seq;
    const more = () => this.#page({ ...state, questions }, meID);
    byID("messages").before(
      make("button", { type: "button", id: "earlier-archived", class: "quiet earlier", onclick: more }, t("chat.earlier")));
  }
}

/**
 * A row of the chat's table as the message that the channel would have sent.
 *
 * @param {any} row
 */
function messageOf(row) {
  const name = [row.user?.first_name, row.user?.last_name].filter(Boolean).join(" ");
  return {
    seq: row.seq, id: row.id, at: row.created_at, user: row.user ? { id: row.user.id, name, role: row.role ?? "participant" } : null,
    kind: row.message_type, text: row.message ?? "", clientId: row.client_id ?? null, replyTo: row.reply_to ?? null,
    anonymous: row.is_anonymous === true, deleted: row.deleted_at != null,
  };
}

function ignore() {}
