// @ts-check
/** For whoever looks elsewhere: a sound and a notification at start, end and announcements of a class, both by choice. */

import { make } from "../dom.js";
import { onLanguageChange, translatePage } from "../i18n.js";
import { onDevice } from "../kept.js";

const KEY = "amphi.alerts";
const TONE_S = 0.18;
/** In Hz: upwards when the class begins, downwards when it is over, the same tone twice for an announcement. */
const TONES = { begun: [523, 784], over: [784, 523], announced: [659, 659] };

/** @typedef {{sound: boolean, notification: boolean}} Choice */

export class Alerts {
  #choice = stored();
  #sound = make("input", { type: "checkbox", id: "alert-sound" });
  #notification = make("input", { type: "checkbox", id: "alert-notification" });
  #refused = make("p", { class: "muted", role: "status", "data-text": "alerts.refused", hidden: true });
  /** The two choices, to be put where the wait is. */
  element;
  /** @type {AudioContext | null} */
  #audio = null;

  constructor() {
    this.#sound.checked = this.#choice.sound;
    this.#notification.checked = this.#choice.notification && mayNotify();
    /** @type {HTMLElement[]} */
    const rows = "AudioContext" in window ? [option(this.#sound, "alerts.sound")] : [];
    if ("Notification" in window) rows.push(option(this.#notification, "alerts.notification"), this.#refused);
    this.element = make("details", { class: "alerts" }, make("summary", { "data-text": "alerts.title" }),
      make("div", { class: "alerts-choices" }, ...rows));
    this.#sound.addEventListener("change", () => this.#chooseSound());
    this.#notification.addEventListener("change", () => this.#chooseNotification());
    const show = () => translatePage(this.element);
    onLanguageChange(show);
    show();
    // A page may sound only after somebody has touched it: the first touch opens the way for the choice of an earlier visit.
    const unlock = () => this.#choice.sound && "AudioContext" in window && this.#opened();
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, unlock, { once: true, capture: true });
  }

  /**
   * @param {keyof typeof TONES} what
   * @param {string} sentence
   * @param {string} title Of the class.
   */
  ring(what, sentence, title) {
    if (this.#choice.sound && "AudioContext" in window) this.#play(what);
    if (this.#choice.notification && !document.hasFocus()) notify(sentence, title);
  }

  #chooseSound() {
    this.#keep({ sound: this.#sound.checked });
    // Heard at once: that is how it will be.
    if (this.#sound.checked) this.#play("begun");
  }

  /** The browser's question is asked here and nowhere else: at the press that wants it. */
  async #chooseNotification() {
    this.#refused.hidden = true;
    if (this.#notification.checked && !mayNotify()) {
      const answer = await Notification.requestPermission().catch(() => "denied");
      this.#notification.checked = answer === "granted";
      this.#refused.hidden = answer === "granted";
    }
    this.#keep({ notification: this.#notification.checked });
  }

  /** @param {Partial<Choice>} change */
  #keep(change) {
    this.#choice = { ...this.#choice, ...change };
    onDevice.set(KEY, JSON.stringify(this.#choice));
  }

  #opened() {
    this.#audio ??= new AudioContext();
    // Refused without a touch; the next one opens it.
    this.#audio.resume().catch(() => undefined);
    return this.#audio;
  }

  /** @param {keyof typeof TONES} what */
  #play(what) {
    const audio = this.#opened();
    TONES[what].forEach((hertz, index) => {
      const from = audio.currentTime + index * TONE_S;
      const tone = new OscillatorNode(audio, { frequency: hertz });
      const loudness = new GainNode(audio, { gain: 0.15 });
      // Without the fall a tone ends with a click.
      loudness.gain.setValueAtTime(0.15, from);
      loudness.gain.linearRampToValueAtTime(0, from + TONE_S);
      tone.connect(loudness).connect(audio.destination);
      tone.start(from);
      tone.stop(from + TONE_S);
    });
  }
}

function mayNotify() {
  return "Notification" in window && Notification.permission === "granted";
}

/** @param {string} sentence @param {string} title */
function notify(sentence, title) {
  if (!mayNotify()) return;
  try {
    const shown = new Notification(title, { body: sentence, tag: "amphi" });
    shown.addEventListener("click", () => {
      window.focus();
      shown.close();
    });
  } catch {
    // Some phones show notifications only through a service worker, which this page does without: title and sound remain.
  }
}

/** @returns {Choice} */
function stored() {
  const { sound, notification } = onDevice.json(KEY) ?? {};
  return { sound: sound === true, notification: notification === true };
}

/** @param {HTMLInputElement} box @param {string} key */
function option(box, key) {
  return make("label", { class: "check" }, box, make("span", { "data-text": key }));
}
