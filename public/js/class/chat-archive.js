// @ts-check
/** The chat of a class that is over: read over REST, since its channel is closed. */

import { api } from "../page.js";

const PAGE = 100;

/**
 * Puts an earlier page of the chat into the client's state.
 *
 * @param {import("../amphi-client.js").AmphiClient} client
 * @param {number} sessionID
 * @returns {Promise<void>}
 */
export async function readArchive(client, sessionID) {
  const { messages, earliest } = client.state;
  const page = await api.chat(sessionID, messages.length > 0 ? earliest : null, PAGE);
  client.adoptHistory(page.messages.map(eventOf), page.more);
}

/**
 * A row of the chat as the event that the channel would have sent.
 *
 * @param {any} row
 * @returns {import("../channel/class-state.js").ChannelEvent}
 */
function eventOf(row) {
  const name = [row.user?.first_name, row.user?.last_name].filter(Boolean).join(" ");
  return {
    type: "chat.message",
    seq: row.seq,
    id: row.id,
    at: row.created_at,
    user: row.user ? { id: row.user.id, name, role: row.user.role ?? "participant" } : null,
    kind: row.message_type,
    text: row.message ?? "",
    client_id: row.client_id,
    reply_to: row.reply_to,
    anonymous: row.is_anonymous === true,
    state: row.state ?? undefined,
    deleted: (row.deleted_at ?? null) !== null,
  };
}
