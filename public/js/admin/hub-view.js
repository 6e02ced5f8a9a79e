// @ts-check
/** The running hub in figures, fresh every five seconds while somebody looks. */

import { make, showNotice } from "../dom.js";
import { errorText, locale, t } from "../i18n.js";
import { api, goToSignIn, isSignedOut } from "../page.js";

const EVERY_MS = 5000;
/** What is shown, in order, when the hub tells it. */
const FIGURES = [
  "version", "uptime_seconds", "connections", "live_sessions", "people", "posts_per_second", "commit_p50_ms",
  "commit_p99_ms", "store_bytes", "wal_bytes",
];

export class HubView {
  #list = make("dl", { class: "figures" });
  #problem = make("p", { class: "notice bad", role: "alert", hidden: true });
  #timer;
  element;

  constructor() {
    this.element = make("div", { class: "view" }, make("h1", {}, t("admin.hub")), this.#problem, this.#list);
    this.#timer = setInterval(() => document.visibilityState === "visible" && this.#refresh(), EVERY_MS);
    this.#refresh();
  }

  close() {
    clearInterval(this.#timer);
  }

  async #refresh() {
    try {
      const status = await api.send("GET", "/api/status");
      showNotice(this.#problem, status.degraded === true ? t("admin.degraded") : "");
      this.#list.replaceChildren(...FIGURES.filter((name) => status[name] !== undefined && status[name] !== null)
        .map((name) => make("div", {}, make("dt", {}, t(`figure.${name}`)), make("dd", {}, shown(name, status[name])))));
    } catch (error) {
      if (isSignedOut(error)) return goToSignIn("expired");
      showNotice(this.#problem, errorText(error));
    }
  }
}

/** @param {string} name @param {any} value */
function shown(name, value) {
  if (typeof value !== "number") return String(value);
  const format = (/** @type {number} */ number, /** @type {Intl.NumberFormatOptions} */ options = {}) =>
    new Intl.NumberFormat(locale(), { maximumFractionDigits: 1, ...options }).format(number);
  if (name.endsWith("_bytes")) {
    return value < 1e6 ? format(value / 1e3, { style: "unit", unit: "kilobyte" })
      : format(value / 1e6, { style: "unit", unit: "megabyte" });
  }
  if (name.endsWith("_ms")) return format(value, { style: "unit", unit: "millisecond" });
  if (name === "uptime_seconds") {
    return value >= 172_800 ? format(value / 86_400, { style: "unit", unit: "day", unitDisplay: "long" })
      : value >= 7200 ? format(value / 3600, { style: "unit", unit: "hour", unitDisplay: "long" })
        : format(value / 60, { style: "unit", unit: "minute", unitDisplay: "long" });
  }
  return format(value);
}
