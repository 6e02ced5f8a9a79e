// @ts-check
/** The class: puts the channel client, the hub's REST routes and the views together. */

import { AmphiClient } from "./amphi-client.js";
import { readArchive } from "./class/chat-archive.js";
import { ChatView } from "./class/chat-view.js";
import { Composer } from "./class/composer.js";
import { ConnectionView } from "./class/connection-view.js";
import { HostControls } from "./class/host-controls.js";
import { outboxStore } from "./class/outbox-store.js";
import { PeopleView } from "./class/people-view.js";
import { SideTabs } from "./class/side-tabs.js";
import { StageView } from "./class/stage-view.js";
import { showTyping } from "./class/typing-view.js";
import { byID, setText } from "./dom.js";
import { fullName } from "./format.js";
import { currentIdentity } from "./identity.js";
import { errorText, onLanguageChange, t } from "./i18n.js";
import { api, confirmed, goToSignIn, isSignedOut, preparePage, requireIdentity } from "./page.js";

const sessionID = Number(/^\/class\/(\d+)/.exec(location.pathname)?.[1]);

preparePage();
if (requireIdentity()) await openClass();

async function openClass() {
  try {
    const [config, me, session] = await Promise.all([api.config(), api.me(), api.session(sessionID)]);
    holdClass({ config, me, session });
  } catch (error) {
    if (isSignedOut(error)) return goToSignIn("expired");
    setText(byID("title"), t("class.not_available"));
    showProblem(error);
  }
}

/** @param {any} error */
function showProblem(error) {
  byID("problem").textContent = errorText(error);
  byID("problem").hidden = false;
}

/** @param {{config: any, me: any, session: any}} start What the hub said before the channel. */
function holdClass({ config, me, session: first }) {
  const client = new AmphiClient({
    url: `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/api/live-sessions/${sessionID}/channel`,
    token: () => channelToken(),
    outboxStore: outboxStore(sessionID, me.id),
  });
  const session = () => client.state.session ?? first;
  const role = () => client.state.me?.role ?? roleBefore(me, first);
  const isHost = () => role() !== "participant";
  const may = (/** @type {string} */ command) => client.state.me?.permissions.includes(command) ?? false;

  const tabs = new SideTabs();
  const composer = new Composer(client);
  const people = new PeopleView(client);
  const connection = new ConnectionView(client);
  const stage = new StageView({ join: () => api.join(sessionID), now: () => client.serverNow() });
  const controls = new HostControls(client, { session, isHost, showProblem });
  const chat = new ChatView(client, () => ({
    meID: me.id,
    canDeleteAny: may("chat.delete.any"),
    canPost: canPost(),
    answer: (message) => composer.answer(message),
    remove: (message) => removeMessage(message),
    loadEarlier: () => (client.connection.phase === "closed" ? readArchive(client, sessionID) : client.loadEarlier()),
  }));

  /** With a join, the class survives the platform's token; before the start only that one opens the channel. */
  async function channelToken() {
    if (session().status === "live") {
      const ticket = await api.join(sessionID).catch(() => null);
      if (ticket?.channel_token) return ticket.channel_token;
    }
    return currentIdentity()?.token ?? null;
  }

  function canPost() {
    const open = session().status !== "cancelled" && client.connection.phase !== "closed";
    return open && session().is_chat_enabled && may("chat.post");
  }

  /** @param {import("./channel/class-state.js").Message} message */
  async function removeMessage(message) {
    const yes = await confirmed({ title: t("chat.delete_title"), text: t("chat.delete_text"), yes: t("chat.delete") });
    if (!yes) return;
    await client.deleteMessage(message.id).catch(showProblem);
    composer.focus();
  }

  function showSession() {
    const now = session();
    setText(byID("title"), now.title);
    setText(byID("course"), now.course_title ?? now.course?.title ?? "");
    setText(byID("badge"), t(`status.${now.status}`));
    byID("badge").className = `badge ${now.status}`;
    const { code, retryAt } = client.connection;
    const notOpenUntil = code === 4011 ? retryAt : null;
    stage.update({ session: now, isHost: isHost(), name: fullName(me), config, notOpenUntil });
    controls.update();
    showChatRules();
    showTitle();
  }

  function showChatRules() {
    const allowed = canPost();
    composer.setAllowed(allowed);
    const closed = byID("chat-closed");
    closed.hidden = allowed || client.state.me === null;
    setText(closed, t(session().is_chat_enabled ? "chat.over" : "chat.disabled"));
  }

  function showTitle() {
    const unread = document.visibilityState === "hidden" && tabs.unread > 0 ? `(${tabs.unread}) ` : "";
    document.title = `${unread}${session().title} · Amphi`;
  }

  /** The token of a join replaces the platform's as soon as the class is live. */
  async function takeChannelToken() {
    const ticket = await api.join(sessionID).catch(() => null);
    if (ticket?.channel_token) await client.refreshToken(ticket.channel_token).catch(() => undefined);
  }

  /** A class that was over before one came has its chat to read all the same. */
  function showArchive() {
    byID("chat-closed").hidden = false;
    setText(byID("chat-closed"), t("chat.over"));
    readArchive(client, sessionID).catch(showProblem);
  }

  let seen = 0;
  let status = first.status;
  let permissions = "";
  client.subscribe((changes) => {
    if (changes.has("connection")) connection.update();
    if (changes.has("messages")) {
      const news = client.state.messages.filter((message) => message.seq > seen && message.user?.id !== me.id);
      if (seen > 0) tabs.arrived(news.length);
      seen = Math.max(seen, client.state.seq);
    }
    if (changes.has("messages") || changes.has("outbox")) chat.update();
    if (changes.has("session") || changes.has("connection")) {
      const now = JSON.stringify([client.state.me?.permissions, canPost()]);
      if (now !== permissions) chat.redraw();
      permissions = now;
      if (status === "scheduled" && session().status === "live") takeChannelToken();
      status = session().status;
      showSession();
    }
    if (changes.has("people")) people.update();
    if (changes.has("typing") || changes.has("people")) showTyping(client.state, me.id);
    if (changes.has("connection") && client.connection.code === 4510 && client.state.epoch === null) showArchive();
  });

  onLanguageChange(showSession);
  window.addEventListener("online", () => client.networkFound());
  window.addEventListener("offline", () => client.networkLost());
  document.addEventListener("visibilitychange", () => {
    const visible = document.visibilityState === "visible";
    client.visibilityChanged(visible);
    if (visible) tabs.arrived(0);
    showTitle();
  });
  // A page that the browser froze and brings back starts again; one that it throws away has left.
  window.addEventListener("pagehide", () => client.stop());
  window.addEventListener("pageshow", (event) => event.persisted && client.start());

  showSession();
  connection.update();
  client.start();
}

/**
 * One's role before the channel says it.
 *
 * @param {any} me
 * @param {any} session
 */
function roleBefore(me, session) {
  if (me.id === (session.instructor?.id ?? session.instructor_id)) return "instructor";
  return me.role === "admin" ? "moderator" : "participant";
}
