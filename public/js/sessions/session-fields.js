// @ts-check
/** The fields of a live session in a form: those of a new one, of a change, of a copy. */

import { make } from "../dom.js";
import { t, translatePage } from "../i18n.js";

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
/** The hub takes every end before the year 10000. */
const NO_LATER_MS = Date.UTC(10_000, 0);
const MOST_MINUTES = 4_000_000_000;
/** A start so little ago is now: somebody took a while to fill in the form. */
const JUST_NOW_MS = 2 * MINUTE_MS;

/** @typedef {"title" | "start" | "minutes" | "places" | "description" | "chat" | "recording"} FieldName */

export class SessionFields {
  #prefix;
  #names;
  #session;
  /** Whether a start that nobody touched may have passed: that of a change, which stays as it is. */
  #mayHavePassed;
  #firstStart;
  #firstStartText;
  #firstLength;
  #firstMinutes;
  #title;
  #start;
  #minutes;
  #places;
  #description;
  #recording;
  #chat;

  /**
   * @param {string} prefix Of the ids.
   * @param {FieldName[]} names Which of them the form has, in order.
   * @param {any} [session] What they show; without one, those of a new session.
   */
  constructor(prefix, names, session = null) {
    this.#prefix = prefix;
    this.#names = names;
    this.#session = session;
    const id = (/** @type {string} */ name) => `${prefix}-${name}`;
    this.#title = make("input", { id: id("title"), required: true, maxlength: "255", autocomplete: "off" });
    this.#start = make("input", { id: id("start"), type: "datetime-local", max: "9999-12-31T23:59", required: true });
    this.#minutes = make("input", {
      id: id("minutes"), type: "number", min: "1", max: String(MOST_MINUTES), step: "any", required: true,
    });
    this.#places = make("input", {
      id: id("places"), type: "number", min: "1", max: "100000", "aria-describedby": id("places-hint"),
      placeholder: session?.follows_course ? String(session.max_participants) : "",
    });
    this.#description = make("textarea", { id: id("description"), rows: "2", maxlength: "4000" });
    // No `type="url"`: it may be a path, and the hub judges it.
    this.#recording = make("input", { id: id("recording"), inputmode: "url", autocomplete: "off", maxlength: "2048" });
    this.#chat = make("input", { type: "checkbox", id: id("chat") });
    const start = session ? new Date(session.scheduled_start_at)
      : new Date(Math.ceil((Date.now() + 5 * MINUTE_MS) / QUARTER_MS) * QUARTER_MS);
    this.#mayHavePassed = session !== null;
    this.#firstStart = start;
    this.#firstLength = session ? Date.parse(session.scheduled_end_at) - start.getTime() : 60 * MINUTE_MS;
    this.#firstMinutes = String(Math.max(1, Math.round(this.#firstLength / MINUTE_MS)));
    this.#title.value = session?.title ?? "";
    this.#start.value = this.#firstStartText = localTime(start);
    this.#minutes.value = this.#firstMinutes;
    this.#places.value = session && !session.follows_course ? String(session.max_participants) : "";
    this.#description.value = session?.description ?? "";
    this.#recording.value = session?.recording_url ?? "";
    this.#chat.checked = session?.is_chat_enabled ?? true;
    for (const control of [this.#start, this.#minutes]) {
      control.addEventListener("input", () => [this.#start, this.#minutes].forEach((one) => one.setCustomValidity("")));
    }
  }

  /** @returns {HTMLElement[]} The labelled controls. */
  elements() {
    const rows = this.#names.map((name) => this.#row(name));
    for (const row of rows) translatePage(row);
    return rows;
  }

  /** The copy of a class begins a week later, at the same hour of the clock. */
  moveByAWeek() {
    const start = new Date(this.#start.value);
    do start.setDate(start.getDate() + 7); while (start.getTime() < Date.now());
    this.#start.value = this.#firstStartText = localTime(start);
    this.#firstStart = start;
    this.#mayHavePassed = false;
  }

  focus() {
    const first = { title: this.#title, start: this.#start, places: this.#places }[String(this.#names[0])];
    (first ?? this.#title).focus();
  }

  clear() {
    this.#title.value = this.#description.value = this.#places.value = "";
  }

  /** Says at the field what the browser's own rules do not know; false when something is wrong. */
  check() {
    if (!this.#names.includes("start")) return true;
    const start = this.#startTime().getTime();
    const isPast = start < Date.now() - JUST_NOW_MS && !(this.#mayHavePassed && this.#isStartUntouched);
    const isEndless = !(start + this.#length() < NO_LATER_MS);
    this.#start.setCustomValidity(isPast ? t("create.past") : "");
    this.#minutes.setCustomValidity(isEndless ? t("create.endless") : "");
    return this.#start.reportValidity() && this.#minutes.reportValidity();
  }

  /** @returns {Record<string, any>} As the hub takes them: of a change only what was changed. */
  values() {
    const all = this.#all();
    if (!this.#session) {
      return Object.fromEntries(Object.entries(all).filter(([name, value]) => value !== null || name === "title"));
    }
    const { max_participants: places, ...others } = all;
    const changed = Object.fromEntries(Object.entries(others).filter(([name, value]) => this.#isChanged(name, value)));
    return { ...changed, ...(this.#names.includes("places") ? this.#placesChange(places) : {}) };
  }

  /** @returns {Record<string, any>} All of them: a copy has what it shows. */
  allValues() {
    return Object.fromEntries(Object.entries(this.#all()).filter(([, value]) => value !== null));
  }

  #all() {
    /** @type {Record<string, any>} */
    const values = {};
    const has = (/** @type {FieldName} */ name) => this.#names.includes(name);
    if (has("title")) values.title = this.#title.value.trim();
    if (has("start")) {
      const start = this.#startTime();
      values.scheduled_start_at = start.toISOString();
      values.scheduled_end_at = new Date(start.getTime() + this.#length()).toISOString();
    }
    if (has("places")) values.max_participants = this.#places.value === "" ? null : Number(this.#places.value);
    if (has("description")) values.description = this.#description.value.trim() || null;
    if (has("recording")) values.recording_url = this.#recording.value.trim() || null;
    if (has("chat")) values.is_chat_enabled = this.#chat.checked;
    return values;
  }

  /** A start that nobody touched keeps what the field does not show: its seconds, and which of two same hours it is. */
  #startTime() {
    return this.#isStartUntouched ? this.#firstStart : new Date(this.#start.value);
  }

  get #isStartUntouched() {
    return this.#start.value === this.#firstStartText;
  }

  /** A duration that nobody touched keeps its seconds, too. */
  #length() {
    return this.#minutes.value === this.#firstMinutes ? this.#firstLength : Number(this.#minutes.value) * MINUTE_MS;
  }

  /**
   * An empty field follows the course. A number is a decision, also when it is the one that the course has just now.
   *
   * @param {number | null} places
   */
  #placesChange(places) {
    const { follows_course: follows, max_participants: old } = this.#session;
    if (places === null) return follows ? {} : { follows_course: true };
    if (follows) return { max_participants: places, follows_course: false };
    return places === old ? {} : { max_participants: places };
  }

  /** @param {string} name @param {any} value */
  #isChanged(name, value) {
    const old = this.#session[name] ?? null;
    const isTime = name.startsWith("scheduled_");
    return isTime ? Date.parse(value) !== Date.parse(old) : value !== old;
  }

  /** @param {FieldName} name */
  #row(name) {
    switch (name) {
      case "title": return field("create.name", this.#title);
      case "start": return field("create.start", this.#start);
      case "minutes": return field("create.minutes", this.#minutes);
      case "places": return field("create.places", this.#places, "", make("p", {
        class: "muted", id: `${this.#prefix}-places-hint`,
        "data-text": this.#session ? "create.places_present" : "create.places_hint",
      }));
      case "description": return field("create.description", this.#description, "wide");
      case "recording": return field("create.recording", this.#recording, "wide");
      default: return make("label", { class: "check wide" }, this.#chat, make("span", { "data-text": "create.chat" }));
    }
  }
}

/**
 * @param {string} key
 * @param {HTMLElement} control
 * @param {string} [extra]
 * @param {HTMLElement | null} [hint]
 */
export function field(key, control, extra = "", hint = null) {
  return make("div", { class: `field ${extra}` }, make("label", { for: control.id, "data-text": key }), control, hint);
}

/**
 * The value of a datetime-local field: local time without a zone.
 *
 * @param {Date} date
 */
function localTime(date) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const day = [String(date.getFullYear()).padStart(4, "0"), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
