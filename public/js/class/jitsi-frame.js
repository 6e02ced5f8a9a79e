// @ts-check
/** The video call: Jitsi Meet's IFrame API, one call at a time. */

import { language } from "../i18n.js";

const ALLOW = "camera; microphone; display-capture; autoplay; clipboard-write; fullscreen";
const HANGUP_GRACE_MS = 2_000;

/** @type {Map<string, Promise<any>>} */
const scripts = new Map();

/**
 * Loads the API's script from the configured Jitsi server, once.
 *
 * @param {string} url
 * @returns {Promise<any>} The class JitsiMeetExternalAPI.
 */
export function loadJitsi(url) {
  const known = scripts.get(url);
  if (known) return known;
  const loading = new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", () => resolve(/** @type {any} */ (window).JitsiMeetExternalAPI));
    script.addEventListener("error", () => {
      scripts.delete(url);
      script.remove();
      reject(new Error("jitsi_unreachable"));
    });
    document.head.append(script);
  });
  scripts.set(url, loading);
  return loading;
}

export class JitsiFrame {
  #api;
  #password;
  #isHost;
  /** @type {(() => void) | null} */
  #over;

  /**
   * @param {any} JitsiMeetExternalAPI
   * @param {HTMLElement} parent
   * @param {{domain: string, room: string, jwt: string | null, password: string | null, subject: string, name: string,
   *          isHost: boolean, over: () => void}} call  `over` is called once, when the person has left the call.
   */
  constructor(JitsiMeetExternalAPI, parent, call) {
    this.#password = call.password;
    this.#isHost = call.isHost;
    this.#over = call.over;
    this.#api = new JitsiMeetExternalAPI(call.domain, {
      roomName: call.room,
      parentNode: parent,
      width: "100%",
      height: "100%",
      lang: language(),
      userInfo: { displayName: call.name },
      configOverwrite: {
        subject: call.subject,
        disableDeepLinking: true,
        startWithAudioMuted: !call.isHost,
        startWithVideoMuted: !call.isHost,
      },
      ...(call.jwt ? { jwt: call.jwt } : {}),
    });
    this.#api.getIFrame?.()?.setAttribute("allow", ALLOW);
    this.#api.addListener("passwordRequired", () => this.#sayPassword());
    this.#api.addListener("participantRoleChanged", (/** @type {{role?: string}} */ event) => {
      if (this.#isHost && event.role === "moderator") this.#sayPassword();
    });
    this.#api.addListener("readyToClose", () => this.dispose());
    this.#api.addListener("videoConferenceLeft", () => this.dispose());
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
    this.#api.dispose();
    over();
  }

  /** The same command answers a room's question for its password and, from a moderator, sets it. */
  #sayPassword() {
    if (this.#password) this.#api.executeCommand("password", this.#password);
  }
}
