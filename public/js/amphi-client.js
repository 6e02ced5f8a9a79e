// @ts-check
/**
 * Amphi's channel client (`amphi.v1`), without DOM: keeps one connection to one live session, knows its exact position,
 * misses nothing and repeats nothing, and never polls.
 *
 *     const client = new AmphiClient({ url, token: async () => platformToken });
 *     client.subscribe((changes) => render(client.state, changes));
 *     client.start();
 *     client.post({ kind: "text", text: "Bonjour" });
 *
 * Whatever Protocol.md has a command for can be sent, also without a method of its own; refusals are a ChannelError:
 *
 *     const { people } = await client.request("presence.list", { limit: 50 });
 *
 * `client.state.me` says who one is and, in `permissions`, what one may do: both follow a change of role at once. Whoever
 * becomes a host is connected anew, without a word, since only a new start tells what hosts alone are shown.
 */

import { addListed, applyPresence, listedPages } from "./channel/presence.js";
import { hasProof, trimChat, withPresence } from "./channel/class-state.js";
import { ChannelError } from "./channel/channel-error.js";
import { CloseCode } from "./channel/close-codes.js";
import { Connection } from "./channel/connection.js";
import { EventStream } from "./channel/event-stream.js";
import { ObservedState } from "./channel/observed-state.js";
import { isHost } from "./channel/me.js";
import { Outbox } from "./channel/outbox.js";
import { PostSender } from "./channel/post-sender.js";
import { placeOf, withChange } from "./channel/questions.js";
import { TypingSender } from "./channel/typing-sender.js";

export { ChannelError } from "./channel/channel-error.js";
export { CloseCode } from "./channel/close-codes.js";

/**
 * @typedef {"connect" | "expiring" | "expired"} TokenReason
 * @typedef {{url: string, token: (reason: TokenReason) => Promise<string | null>, WebSocket?: typeof WebSocket,
 *            outboxStore?: import("./channel/outbox.js").OutboxStore, clientName?: string,
 *            random?: () => number, now?: () => number}} ClientOptions
 *   `token` is asked before every connection (`expired` after a close for that reason) and when the server says that
 *   the present one expires soon; null then means that there is none.
 * @typedef {import("./channel/observed-state.js").Change} Change
 * @typedef {import("./channel/class-state.js").ClassState} ClassState
 * @typedef {import("./channel/class-state.js").ChannelEvent} ChannelEvent
 * @typedef {import("./channel/frames.js").Fields} Fields
 */

export class AmphiClient {
  #options;
  #now;
  #connection;
  #outbox;
  #state = new ObservedState();
  #stream;
  #sender;
  #typing;
  #clockOffset = 0;
  /** @type {Set<(reactions: import("./channel/frames.js").Reactions) => void>} */
  #reactionListeners = new Set();

  /** @param {ClientOptions} options */
  constructor(options) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#outbox = new Outbox(options.outboxStore ?? null, this.#now, options.random);
    this.#connection = new Connection({
      url: options.url,
      WebSocket: options.WebSocket ?? WebSocket,
      random: options.random ?? Math.random,
      now: this.#now,
      hello: (lastCode) => this.#hello(lastCode),
      welcomed: (welcome) => this.#welcomed(welcome),
      received: (frame) => this.#received(frame),
      changed: () => this.#state.announce("connection"),
      lost: () => this.#lost(),
    });
    this.#stream = new EventStream(this.#state, this.#connection, (events, isAfresh) => this.#applied(events, isAfresh));
    const isStillThere = this.#stream.isStillThere.bind(this.#stream);
    this.#sender = new PostSender(this.#outbox, this.#connection, isStillThere, () => this.#settleOutbox([]));
    this.#typing = new TypingSender(this.#connection, this.#now);
  }

  /** @returns {ClassState} Replaced, never changed in place. */
  get state() {
    return this.#state.current;
  }

  get connection() {
    return this.#connection.status;
  }

  get pendingPosts() {
    return this.#outbox.posts;
  }

  /** The server's clock, in ms since 1970. */
  serverNow() {
    return this.#now() + this.#clockOffset;
  }

  start() {
    this.#connection.connect();
  }

  stop() {
    this.#sender.stop();
    this.#connection.close();
  }

  /** Ends a wait, or tries again after a final close. */
  connectNow() {
    this.#connection.connect();
  }

  networkLost() {
    this.#connection.networkLost();
  }

  networkFound() {
    this.#connection.networkFound();
  }

  /** @param {boolean} visible */
  visibilityChanged(visible) {
    this.#connection.visibilityChanged(visible);
  }

  /**
   * @param {(changes: Set<Change>) => void} listener Called once per turn with everything that changed in it.
   * @returns {() => void} Ends the subscription.
   */
  subscribe(listener) {
    return this.#state.subscribe(listener);
  }

  /**
   * Reactions are no state: each is told once, and those that came while nobody listened are gone.
   *
   * @param {(reactions: import("./channel/frames.js").Reactions) => void} listener Told how many of each kind came.
   * @returns {() => void} Ends the subscription.
   */
  onReactions(listener) {
    this.#reactionListeners.add(listener);
    return () => this.#reactionListeners.delete(listener);
  }

  /**
   * Sends any command of Protocol.md, once and on the connection that stands. A message of the chat is better written
   * with `post`, which keeps it until it has arrived.
   *
   * @template {string} Type
   * @param {Type} type
   * @param {Fields} [fields] What the command takes beside `ref` and `type`.
   * @returns {Promise<import("./channel/frames.js").Reply<Type>>} What stands in `ok` of the reply. Rejects with a
   *   ChannelError: the hub's `code`, `message`, `field` and `retryAfterMs`; or `disconnected` (nothing was sent, or
   *   the reply was lost) or `timeout`, and nobody knows what has become of it.
   */
  request(type, fields = {}) {
    return this.#connection.request(type, fields);
  }

  /**
   * Writes a post. It is kept until the stream shows it, over reconnects, with one `client_id`; and for two minutes more,
   * in case the hub loses the end of its journal: then it is sent again, or shown as failed with the reason.
   *
   * @param {{kind: string, text: string, replyTo?: number | null, question?: import("./channel/outbox.js").Place | null,
   *          anonymous?: boolean, private?: boolean}} post
   *   `kind` is that of `chat.post`, or `announcement` for a host's `chat.announce`. `question`: where that which is
   *   answered stood when the answer was begun (`placeOf` of `channel/questions.js`).
   */
  post(post) {
    this.#outbox.add({ ...post, question: post.question ?? placeOf(this.state.questions, post.replyTo ?? null) },
      new Date(this.serverNow()).toISOString());
    this.#typing.forget();
    this.#state.announce("outbox");
    this.#sender.run();
  }

  /** @param {string} clientId A failed post. */
  retryPost(clientId) {
    this.#outbox.update(clientId, { status: "queued", error: null, unanswered: 0 });
    this.#state.announce("outbox");
    this.#sender.run();
  }

  /** @param {string} clientId A failed post. */
  discardPost(clientId) {
    this.#outbox.remove(clientId);
    this.#state.announce("outbox");
  }

  /** @param {number} id */
  deleteMessage(id) {
    return this.request("chat.delete", { id });
  }

  startSession() {
    return this.request("session.start");
  }

  endSession() {
    return this.request("session.end");
  }

  /** @param {Fields} changes As PUT of the session. */
  updateSession(changes) {
    return this.request("session.update", changes);
  }

  /**
   * Raises or lowers a hand.
   *
   * @param {boolean} up
   * @param {number} [userID] Whose, for a host who lowers somebody else's.
   */
  hand(up, userID) {
    return this.request("hand", { up, user_id: userID });
  }

  /** Lowers the first hand and calls its person to speak. */
  callNext() {
    return this.request("hand.next");
  }

  /** @param {keyof import("./channel/frames.js").Reactions} kind */
  react(kind) {
    return this.request("reaction", { kind });
  }

  /**
   * Votes for a question, or takes one's vote back. Only on one's own it is `forbidden`, which is then known: of an
   * anonymous one that was asked on another device no event tells it.
   *
   * @param {number} id
   * @param {boolean} on
   */
  async vote(id, on) {
    /** @param {Partial<import("./channel/questions.js").Question>} change */
    const know = (change) =>
      this.#state.become({ ...this.state, questions: withChange(this.state.questions, id, change) });
    try {
      const { votes } = await this.request("question.vote", { id, on });
      know({ votes, voted: on });
    } catch (error) {
      if (isOwn(error) && !this.state.questions.get(id)?.private) know({ own: true });
      throw error;
    }
  }

  /**
   * Takes in questions that were read over REST: those that a welcome leaves out.
   *
   * @param {import("./channel/frames.js").QuestionRow[]} rows
   * @param {ClassState} before The state when they were asked for; what has changed since then stays.
   */
  adoptQuestions(rows, before) {
    this.#stream.adoptQuestions(rows, before);
  }

  /** @param {string} token A token for the connection that stands. */
  refreshToken(token) {
    return this.request("token.refresh", { token });
  }

  /**
   * Says that the person is writing, at most once in four seconds. Never for a question: it may be asked without a
   * name, and whoever was seen writing just before would be its author.
   */
  typing() {
    this.#typing.typing();
  }

  /** Whether others may still see this person writing. */
  get isSeenTyping() {
    return this.#typing.isSeen;
  }

  stoppedTyping() {
    this.#typing.stopped();
  }

  /** Reads an earlier page of the chat. @param {number} [limit] @returns {Promise<void>} */
  loadEarlier(limit = 100) {
    return this.#stream.loadEarlier(limit);
  }

  /**
   * Takes in an earlier page of the chat that was read in another way (a class that is over has no channel).
   *
   * @param {ChannelEvent[]} events Ascending.
   * @param {boolean} more
   */
  adoptHistory(events, more) {
    this.#stream.adopt(events, more);
  }

  /** Asks for the people that the snapshot of a large class leaves out. */
  async loadPeople() {
    for await (const people of listedPages(this.#connection)) this.#meet(addListed(this.state.presence, people));
  }

  /**
   * Forgets all but the newest messages.
   *
   * @param {number} keep
   */
  trimChat(keep) {
    this.#state.become(trimChat(this.state, keep));
  }

  /** @param {number | null} lastCode */
  async #hello(lastCode) {
    const token = await this.#options.token(lastCode === CloseCode.tokenExpired ? "expired" : "connect");
    const { seq, epoch, witness } = this.state;
    const isKnown = epoch !== null && hasProof(this.state);
    const resume = isKnown ? { resume: { seq, epoch, ...(witness ? { witness } : {}) } } : {};
    return { ...(token ? { token } : {}), ...resume, client: this.#options.clientName ?? "web/1.0" };
  }

  /** @param {import("./channel/frames.js").Welcome} welcome */
  #welcomed(welcome) {
    const serverTime = Date.parse(welcome.server_time);
    if (!Number.isNaN(serverTime)) this.#clockOffset = serverTime - this.#now();
    const before = this.state;
    this.#stream.welcomed(welcome);
    this.#outbox.requeue();
    this.#beginAsHost(before);
    this.#sender.run();
  }

  /** @param {import("./channel/frames.js").Frame} frame */
  #received({ seq, events, presence, typing, reactions, votes, degraded, token_expiring }) {
    if (seq !== undefined && events) this.#stream.received({ seq, events });
    if (presence) this.#meet(applyPresence(this.state.presence, presence));
    if (typing) this.#state.become({ ...this.state, typing }, "typing");
    if (reactions) for (const listener of this.#reactionListeners) listener(reactions);
    if (votes) this.#stream.counted(votes);
    if (degraded !== undefined) this.#state.become({ ...this.state, degraded: degraded?.on === true }, "connection");
    if (token_expiring) this.#renewToken();
  }

  /** @param {import("./channel/presence.js").Presence} presence Who is here now. */
  #meet(presence) {
    const before = this.state;
    this.#state.become(withPresence(before, presence), "people");
    this.#beginAsHost(before);
  }

  /**
   * Whoever becomes a host begins from nothing: what was read until now leaves out what only hosts are shown.
   *
   * @param {ClassState} before
   */
  #beginAsHost({ me: then, epoch }) {
    const { me: now } = this.state;
    const isSameJournal = epoch !== null && epoch === this.state.epoch;
    if (!then || !now || !isSameJournal || isHost(then.role) || !isHost(now.role)) return;
    this.#state.become({ ...this.state, epoch: null });
    this.#connection.renew();
  }

  async #renewToken() {
    try {
      const token = await this.#options.token("expiring");
      if (token) await this.refreshToken(token);
    } catch {
      // The server closes the connection when the token ends; the reconnect asks for another one.
    }
  }

  #lost() {
    this.#stream.lost();
    this.#outbox.requeue();
    this.#outbox.expire();
    this.#typing.forget();
    this.#state.become({ ...this.state, typing: [] }, "typing", "outbox");
  }

  /** @param {ChannelEvent[]} events @param {boolean} isAfresh Whether nothing that was known before holds any more. */
  #applied(events, isAfresh) {
    if (isAfresh) this.#outbox.doubt();
    this.#settleOutbox(events);
    this.#outbox.expire();
  }

  /** @param {ChannelEvent[]} events Just applied. */
  #settleOutbox(events) {
    const asked = this.#outbox.questionsAmong(events);
    const questions = asked.reduce((all, id) => withChange(all, id, { own: true }), this.state.questions);
    if (asked.length > 0) this.#state.become({ ...this.state, questions });
    this.#outbox.settle(this.state.seq, events, this.state.me?.user.id);
    this.#state.announce("outbox");
  }
}

/** @param {unknown} error The refusal of a vote. */
function isOwn(error) {
  return error instanceof ChannelError && error.code === "forbidden" && error.field === "id";
}
