// @ts-check
/** One class: the channel's client, and the views that show its state. */

import { AmphiClient, CloseCode } from "../amphi-client.js";
import { at } from "../base.js";
import { isHost } from "../channel/me.js";
import { withoutRepeats } from "../channel/questions.js";
import { offerDevice } from "../device-offer.js";
import { button, byID, setText } from "../dom.js";
import { clockTime, fullName } from "../format.js";
import { errorText, onLanguageChange, t } from "../i18n.js";
import { api, confirmed, goToSignIn, onSignedOut } from "../page.js";
import { shownStatus } from "../sessions/session-status.js";
import { Alerts } from "./alerts.js";
import { AnnouncementNotice } from "./announcement-notice.js";
import { Announcer } from "./announcer.js";
import { ChannelPass } from "./channel-pass.js";
import { readArchive } from "./chat-archive.js";
import { ChatView } from "./chat-view.js";
import { ClassNews } from "./class-news.js";
import { Composer } from "./composer.js";
import { ConnectionView } from "./connection-view.js";
import { showEnding } from "./ending-notice.js";
import { FullNotice } from "./full-notice.js";
import { HandsView } from "./hands-view.js";
import { HostControls } from "./host-controls.js";
import { HostTools } from "./host-tools.js";
import { MaterialsView } from "./materials-view.js";
import { draftStore, outboxStore } from "./outbox-store.js";
import { Mutes } from "./mutes.js";
import { PeopleView } from "./people-view.js";
import { QuestionsView } from "./questions-view.js";
import { ReactionsView } from "./reactions-view.js";
import { showReasoned } from "./reasoned.js";
import { Reopening } from "./reopening.js";
import { SideTabs } from "./side-tabs.js";
import { StageView } from "./stage-view.js";
import { showTyping } from "./typing-view.js";

/** More messages than so many at once are counted and not read out. */
const MOST_SAID = 5;

export class ClassRoom {
  #config;
  #me;
  /** The session before the channel has said anything. */
  #first;
  #id;
  /** @type {ChannelPass} */
  #pass;
  /** @type {AmphiClient} */
  #client;
  #tabs = new SideTabs((name) => this.#tabSelected(name));
  #announcer = new Announcer();
  #alerts = new Alerts();
  #news = new ClassNews(this.#announcer, this.#alerts);
  #announcement = new AnnouncementNotice(() => this.#stage.focus());
  #composer;
  /** @type {PeopleView} */
  #people;
  #connection;
  #reopening;
  #stage;
  #controls;
  #full;
  #hands;
  #tools;
  #chat;
  #questions;
  #materials;
  /** Of this person alone. */
  #mutes;
  /** @type {number | null} Messages up to here are old; null until the channel has told where it stands. */
  #seen = null;
  /** @type {Set<string>} Posts whose failure was said. */
  #failed = new Set();
  #status;
  #drawnRights = "";

  /** @param {{config: any, me: any, session: any}} start What the hub said over REST. */
  constructor({ config, me, session }) {
    this.#config = config;
    this.#me = me;
    this.#first = session;
    this.#status = session.status;
    this.#id = Number(session.id);
    this.#pass = new ChannelPass(this.#id, () => this.#session.status === "live", (token) => this.#signedOut(token));
    const client = new AmphiClient({
      url: `${location.origin.replace(/^http/, "ws")}${at(`/api/live-sessions/${this.#id}/channel`)}`,
      token: (reason) => this.#pass.token(reason),
      outboxStore: outboxStore(this.#id, me.id),
    });
    this.#client = client;
    this.#mutes = new Mutes(() => client.serverNow(), () => this.#sessionChanged());
    this.#composer = new Composer(client, this.#announcer, draftStore(this.#id, me.id));
    const act = (/** @type {import("./person-menu.js").Action} */ type, /** @type {Record<string, unknown>} */ fields) =>
      this.#act(type, fields);
    this.#tools = new HostTools(client, {
      id: this.#id, session: () => this.#session, may: (command) => this.#may(command), act, showProblem,
      isAdministrator: me.role === "admin", gone: () => this.#stage.focus(), peopleChanged: () => this.#people.update(),
    }, this.#announcer);
    this.#people = new PeopleView(client, act, this.#tools.cohosts);
    this.#connection = new ConnectionView(client, this.#pass, this.#announcer);
    this.#reopening = new Reopening({ ask: () => api.session(this.#id), reopen: () => this.#reopen() });
    this.#reopening.update(session.status, session);
    this.#stage = new StageView({
      join: () => api.join(this.#id), now: () => client.serverNow(), reopening: this.#reopening, alerts: this.#alerts.element,
    });
    this.#controls = new HostControls(client, {
      session: () => this.#session, isHost: () => this.#isHost, showProblem, gone: () => this.#stage.focus(),
    });
    this.#full = new FullNotice(client, { session: () => this.#session, isHost: () => this.#isHost });
    this.#hands = new HandsView(client, { may: (command) => this.#may(command), showProblem }, this.#announcer);
    new ReactionsView(client, showProblem);
    this.#chat = new ChatView(client, () => this.#messageContext());
    this.#questions = new QuestionsView(client, {
      id: this.#id, may: (command) => this.#may(command), canPost: () => this.#canPost, ask: () => this.#write().ask(),
      answer: (question) => this.#write().answer(question), remove: (question) => this.#remove(question), showProblem,
    });
    this.#materials = new MaterialsView(client, {
      id: this.#id, isHost: () => this.#isHost, select: () => this.#tabs.select("materials"), showProblem,
    }, this.#announcer);
  }

  open() {
    this.#materials.update();
    onSignedOut((token) => this.#signedOut(token));
    offerDevice();
    this.#client.subscribe((changes) => this.#changed(changes));
    onLanguageChange(() => this.#showSession());
    window.addEventListener("online", () => this.#client.networkFound());
    window.addEventListener("offline", () => this.#client.networkLost());
    document.addEventListener("visibilitychange", () => this.#visibilityChanged());
    window.addEventListener("focus", () => this.#showTitle());
    // The answer of another tab may come after the close that it has caused here.
    window.addEventListener("storage", () => this.#goOnIfReplaced());
    // A page that the browser froze and brings back starts again; one that it throws away has left.
    window.addEventListener("pagehide", () => this.#client.stop());
    window.addEventListener("pageshow", (event) => event.persisted && this.#client.start());
    this.#showSession();
    this.#connection.update();
    this.#client.start();
  }

  /**
   * The sign-in has ended. On a channel that stands (its token is that of the class) nothing is interrupted; a channel
   * that would knock in vain for ever gives way to the sign-in page, which leads back here.
   *
   * @param {string | null} token That was refused; null when there is none any more.
   */
  #signedOut(token) {
    if (this.#client.connection.phase !== "open") return goToSignIn("expired", token);
    const again = button(t("signin.again"), "small", () => goToSignIn("expired", token));
    byID("problem").replaceChildren(t("signin.expired"), " ", again);
    byID("problem").hidden = false;
  }

  /** @returns {any} */
  get #session() {
    return this.#client.state.session ?? this.#first;
  }

  /** Before the channel has spoken, what REST tells hosts alone says it: who gives the class may be none any more. */
  get #isHost() {
    const told = this.#client.state.me?.role;
    return told ? isHost(told) : "follows_course" in this.#first;
  }

  /** @param {string} command */
  #may(command) {
    return this.#client.state.me?.permissions.includes(command) ?? false;
  }

  get #canPost() {
    const open = this.#session.status !== "cancelled" && this.#client.connection.phase !== "closed";
    return open && this.#session.is_chat_enabled && this.#may("chat.post") && this.#silence === null;
  }

  get #isMuted() {
    return this.#mutes.now(this.#ownMute).length > 0;
  }

  get #ownMute() {
    const muted = this.#client.state.me?.muted;
    return muted ? [muted] : [];
  }

  /** Why this person may not write, apart from the class itself: a sentence, or null. */
  get #silence() {
    const until = this.#client.state.me?.muted?.until ?? null;
    if (this.#isMuted) return until === null ? t("chat.muted") : t("chat.muted_until", { time: clockTime(until) });
    return this.#session.chat_mode === "locked" && !this.#isHost ? t("error.chat_locked") : null;
  }

  /** @param {Set<import("../amphi-client.js").Change>} changes */
  #changed(changes) {
    /** @param {...import("../amphi-client.js").Change} names */
    const has = (...names) => names.some((name) => changes.has(name));
    if (has("connection")) this.#connectionChanged();
    if (has("messages")) this.#countNews();
    if (has("outbox")) this.#sayFailures();
    if (has("messages", "outbox", "questions")) this.#chat.update();
    if (has("questions", "session", "me", "connection")) this.#questions.update();
    if (has("materials", "connection", "me")) this.#materials.update();
    if (has("session", "connection", "me")) this.#sessionChanged();
    if (has("people", "me", "moderation")) this.#people.update();
    if (has("me")) this.#mutes.awaitEnd(this.#ownMute);
    if (has("people", "messages", "session", "connection", "me")) this.#hands.update();
    if (has("people", "session", "me")) this.#full.update();
    this.#tools.update(has);
    if (has("typing", "people")) showTyping(this.#client.state, this.#me.id);
  }

  /** @param {string} name */
  #tabSelected(name) {
    if (name === "questions") this.#questions.shown();
    this.#materials.update();
  }

  /** The sign-in has ended, and the device has a newer one of the same person: the class goes on with that. */
  #goOnIfReplaced() {
    const { phase, code } = this.#client.connection;
    if (phase === "closed" && code === CloseCode.badToken && this.#pass.isReplaced) this.#client.connectNow();
  }

  #connectionChanged() {
    if (this.#client.connection.phase === "closed") this.#pass.forget();
    this.#goOnIfReplaced();
    this.#connection.update();
    const { phase, code } = this.#client.connection;
    if (phase !== "closed") return;
    if (code === CloseCode.sessionOver && this.#client.state.epoch === null) this.#showArchive();
  }

  #sessionChanged() {
    const rights = JSON.stringify([this.#client.state.me?.permissions, this.#canPost]);
    if (rights !== this.#drawnRights) this.#chat.redraw();
    this.#drawnRights = rights;
    const before = this.#status;
    this.#status = this.#session.status;
    if (before !== this.#status) this.#news.changed(before, this.#session, this.#isHost);
    if (before !== "live" && this.#status === "live") this.#pass.exchange(this.#client);
    this.#showSession();
  }

  #countNews() {
    const { messages, seq, epoch } = this.#client.state;
    if (epoch === null) return;
    // A journal that has lost its end goes back.
    const seen = Math.min(this.#seen ?? seq, seq);
    this.#announcement.update(messages);
    const news = withoutRepeats(messages).filter((message) => message.seq > seen && !message.deleted);
    this.#tabs.arrived(news.filter((message) => message.user?.id !== this.#me.id).length);
    this.#seen = seq;
    this.#sayMessages(news);
    this.#showTitle();
  }

  /**
   * Each message is said once: when it comes, and not again when it is drawn anew.
   *
   * @param {import("../channel/class-state.js").Message[]} news
   */
  #sayMessages(news) {
    const announcements = news.filter(({ kind, user }) => kind === "announcement" && user?.id !== this.#me.id);
    const newest = announcements.at(-1);
    for (const message of announcements) this.#news.announced(message, this.#session.title);
    if (newest) this.#announcement.show(newest);
    const others = news.filter((message) => !announcements.includes(message));
    if (others.length > MOST_SAID) return this.#announcer.say(t("chat.arrived", { count: others.length }));
    for (const { user, text } of others) this.#announcer.say(`${user?.name ?? t("chat.anonymous")}: ${text}`);
  }

  #sayFailures() {
    const failed = this.#client.pendingPosts.filter((post) => post.status === "failed");
    for (const { clientId, error } of failed) {
      if (!this.#failed.has(clientId)) this.#announcer.say(t("chat.not_sent", { reason: errorText(error) }));
    }
    this.#failed = new Set(failed.map((post) => post.clientId));
  }

  #showSession() {
    const session = this.#session;
    setText(byID("title"), session.title);
    setText(byID("course"), session.course_title ?? session.course?.title ?? "");
    const shown = shownStatus(session, this.#client.serverNow());
    setText(byID("badge"), t(`status.${shown}`));
    byID("badge").className = `badge ${shown}`;
    showEnding(session, this.#isHost);
    const { code, retryAt } = this.#client.connection;
    const notOpenUntil = code === CloseCode.notOpenYet ? retryAt : null;
    const name = fullName(this.#me);
    this.#reopening.update(session.status);
    this.#stage.update({ session, isHost: this.#isHost, name, config: this.#config, notOpenUntil });
    this.#controls.update();
    this.#showChatRules();
    this.#showTitle();
  }

  #showChatRules() {
    const allowed = this.#canPost;
    this.#composer.setAllowed(allowed);
    const closed = byID("chat-closed");
    closed.hidden = allowed || (this.#client.state.me === null && this.#client.connection.code !== CloseCode.sessionOver);
    const isOver = this.#session.status === "cancelled" || this.#client.connection.phase === "closed";
    const silence = isOver || !this.#session.is_chat_enabled ? null : this.#silence;
    const sentence = silence ?? t(this.#session.is_chat_enabled ? "chat.over" : "chat.disabled");
    showReasoned(closed, sentence, silence !== null && this.#isMuted ? this.#client.state.reasons.mute : null);
    const { chat_mode: mode, slow_mode_seconds: seconds, questions_need_approval: needsApproval } = this.#session;
    const mayBeAnonymous = this.#session.is_anonymous_allowed !== false;
    this.#composer.setRules(this.#isHost ? { mayBeAnonymous, mayAnnounce: this.#may("chat.announce") } : {
      mayBeAnonymous, needsApproval, questionsOnly: mode === "questions", waitSeconds: Number(seconds ?? 0),
    });
  }

  /** @param {import("./person-menu.js").Action} action @param {Record<string, unknown>} fields */
  async #act(action, fields) {
    try {
      await this.#client.request(action, fields);
      byID("problem").hidden = true;
    } catch (error) {
      showProblem(error);
    }
  }

  #showTitle() {
    const unread = document.visibilityState === "hidden" && this.#tabs.unread > 0 ? `(${this.#tabs.unread}) ` : "";
    document.title = `${this.#news.titlePrefix}${unread}${this.#session.title} · Amphi`;
  }

  #visibilityChanged() {
    const visible = document.visibilityState === "visible";
    this.#client.visibilityChanged(visible);
    if (visible) this.#tabs.arrived(0);
    this.#showTitle();
  }

  /** A class that was over before one came has its chat to read all the same. */
  #showArchive() {
    readArchive(this.#client, this.#id).catch(showProblem);
  }

  /** The composer stands beside the chat. */
  #write() {
    this.#tabs.select("chat");
    return this.#composer;
  }

  #messageContext() {
    return {
      meID: this.#me.id,
      canDeleteAny: this.#may("chat.delete.any"),
      canPost: this.#canPost,
      answer: (/** @type {import("../channel/class-state.js").Message} */ message) => this.#composer.answer(message),
      remove: (/** @type {import("../channel/class-state.js").Message} */ message) => this.#remove(message),
      loadEarlier: () =>
        this.#client.connection.phase === "closed" ? readArchive(this.#client, this.#id) : this.#client.loadEarlier(),
    };
  }

  /** The channel tells everybody who is on it; a class that was over for long had closed it. */
  async #reopen() {
    await api.reopen(this.#id);
    this.#client.connectNow();
  }

  /** @param {{id: number}} message */
  async #remove(message) {
    const yes = await confirmed({ title: t("chat.delete_title"), text: t("chat.delete_text"), yes: t("chat.delete") });
    if (!yes) return;
    await this.#client.deleteMessage(message.id).catch(showProblem);
    if (!byID("panel-chat").hidden) this.#composer.focus();
  }
}

/** @param {any} error */
function showProblem(error) {
  const problem = byID("problem");
  const putAway = () => {
    problem.hidden = true;
    document.getElementById("stage-heading")?.focus({ preventScroll: true });
  };
  problem.replaceChildren(errorText(error), button("", "small quiet put-away", putAway, { "aria-label": t("dialog.close") }));
  problem.hidden = false;
  // Where there is little height it does not stay in view by itself; what is drawn anew may move the focus before.
  requestAnimationFrame(() => problem.scrollIntoView({ block: "nearest" }));
}
