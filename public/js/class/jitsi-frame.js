// @ts-check
/** The video call: Jitsi Meet's IFrame API, one call at a time. */

import { language } from "../i18n.js";

const ALLOW = "camera; microphone; display-capture; autoplay; clipboard-write; fullscreen";
const HANGUP_GRACE_MS = 2_000;
const SCRIPT_PATIENCE_MS = 15_000;
const FRAME_PATIENCE_MS = 20_000;

/** Why a call cannot be shown in the page: its server is `unreachable` or `silent`, or what it sends is `unusable`. */
export class JitsiTrouble extends Error {
  /** @param {"unreachable" | "silent" | "unusable"} reason */
  constructor(reason) {
    super(`jitsi_${reason}`);
    this.reason = reason;
  }
}

/** @type {Map<string, Promise<any>>} */
const scripts = new Map();

/**
 * Loads the API's script from the configured Jitsi server, once; after a failure anew.
 *
 * @param {string} url
 * @returns {Promise<any>} The class JitsiMeetExternalAPI; else a JitsiTrouble.
 */
export function loadJitsi(url) {
  const known = scripts.get(url);
  if (known) return known;
  const loading = load(url);
  scripts.set(url, loading);
  loading.catch(() => scripts.delete(url));
  return loading;
}

/**
 * The next call loads the script anew: what it gave was of no use.
 *
 * @param {string} url
 */
export function forgetJitsi(url) {
  scripts.delete(url);
}

/**
 * @param {string} url
 * @returns {Promise<any>}
 */
function load(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    /** @param {"unreachable" | "silent" | "unusable"} reason */
    const fail = (reason) => {
      clearTimeout(timer);
      script.remove();
      reject(new JitsiTrouble(reason));
    };
    const timer = setTimeout(() => fail("silent"), SCRIPT_PATIENCE_MS);
    script.src = url;
    script.addEventListener("error", () => fail("unreachable"));
    script.addEventListener("load", () => {
      const api = /** @type {any} */ (window).JitsiMeetExternalAPI;
      if (typeof api !== "function") return fail("unusable");
      clearTimeout(timer);
      resolve(api);
    });
    document.head.append(script);
  });
}

/**
 * Text as it arrives in a call. The IFrame API writes values into an address, and Jitsi drops a backslash before `&` and makes
 * plain quotes of typographic ones before it reads them as JSON: a title with such a quote would be lost. So the same is
 * done here first.
 *
 * @param {any} value A string, or an object with strings in it.
 * @returns {any}
 */
export function forFrame(value) {
  if (typeof value === "string") {
    return value.replace(/\\+(?=&)/g, "").replace(/[\u2018\u2019]/g, "'").replace(/[\u201C\u201D]/g, '"');
  }
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, forFrame(inner)]));
}

/**
 * @typedef {{domain: string, room: string, jwt: string | null, password: string | null, config: Record<string, any>,
 *            name: string, title: string, isHost: boolean, late: (isLate: boolean) => void, over: () => void}} Call
 *   `config` is the hub's, for `configOverwrite`; `title` names the frame for those who do not see it; `late` is told when the
 *   frame's page is not there in time, and when it is after all; `over` is called once, when the person has left the call.
 */

export class JitsiFrame {
  #api;
  #password;
  #isHost;
  /** @type {(() => void) | null} */
  #over;
  /** @type {HTMLIFrameElement | null} */
  #frame;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;

  /**
   * @param {any} JitsiMeetExternalAPI
   * @param {HTMLElement} parent
   * @param {Call} call
   */
  constructor(JitsiMeetExternalAPI, parent, call) {
    this.#password = call.password;
    this.#isHost = call.isHost;
    this.#over = call.over;
    try {
      this.#api = new JitsiMeetExternalAPI(call.domain, {
        roomName: call.room,
        parentNode: parent,
        width: "100%",
        height: "100%",
        lang: language(),
        userInfo: { displayName: forFrame(call.name) },
        configOverwrite: forFrame(call.config),
        ...(call.jwt ? { jwt: call.jwt } : {}),
      });
      this.#listen();
    } catch (error) {
      console.warn("the IFrame API failed", error);
      throw new JitsiTrouble("unusable");
    }
    this.#frame = this.#api.getIFrame?.() ?? parent.querySelector("iframe");
    this.#frame?.setAttribute("allow", ALLOW);
    this.setTitle(call.title);
    this.#watch(call.late);
  }

  #listen() {
    this.#api.addListener("passwordRequired", () => this.#sayPassword());
    this.#api.addListener("participantRoleChanged", (/** @type {{role?: string}} */ event) => {
      if (this.#isHost && event.role === "moderator") this.#sayPassword();
    });
    this.#api.addListener("readyToClose", () => this.dispose());
    this.#api.addListener("videoConferenceLeft", () => this.dispose());
  }

  /** @param {(isLate: boolean) => void} late */
  #watch(late) {
    this.#patience = setTimeout(() => late(true), FRAME_PATIENCE_MS);
    this.#frame?.addEventListener("load", () => {
      clearTimeout(this.#patience);
      late(false);
    });
  }

  /** @param {string} title What the frame is called by those who read the page aloud. */
  setTitle(title) {
    this.#frame?.setAttribute("title", title);
  }

  /** Ends one's own call, and everybody's if one is the host: the class is over. */
  end() {
    if (!this.#over) return;
    this.#api.executeCommand(this.#isHost ? "endConference" : "hangup");
    setTimeout(() => this.dispose(), HANGUP_GRACE_MS);
  }

  /** Takes the frame away. */
  dispose() {
    const over = this.#over;
    if (!over) return;
    this.#over = null;
    clearTimeout(this.#patience);
    this.#api.dispose();
    over();
  }

  /** The same command answers a room's question for its password and, from a moderator, sets it. */
  #sayPassword() {
    if (this.#password) this.#api.executeCommand("password", this.#password);
  }
}
