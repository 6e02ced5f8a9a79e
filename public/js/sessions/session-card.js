// @ts-check
/** One live session in a list. */

import { at } from "../base.js";
import { make } from "../dom.js";
import { relative, timeSpan } from "../format.js";
import { t } from "../i18n.js";
import { shownStatus } from "./session-status.js";

/**
 * @param {any} session A row of the hub.
 * @param {boolean} taught Whether the reader holds it.
 * @param {HTMLElement | null} [menu] What a host can do with it.
 * @returns {HTMLElement}
 */
export function sessionCard(session, taught, menu = null) {
  const id = `session-${Number(session.id)}`;
  const course = session.course_title ?? session.course?.title ?? "";
  const teacher = [session.instructor?.first_name, session.instructor?.last_name].filter(Boolean).join(" ");
  const startsIn = Date.parse(session.scheduled_start_at) - Date.now();
  const status = shownStatus(session, Date.now());
  const soon = session.status === "scheduled" && startsIn > 0 ? relative(startsIn) : "";
  const look = status === "live" || status === "scheduled" ? "button" : "button quiet";
  return make("article", { class: `card session ${status}`, "aria-labelledby": id },
    make("div", { class: "session-text" },
      make("h3", { id }, session.title),
      make("p", { class: "muted" }, [course, taught ? t("session.taught") : teacher].filter(Boolean).join(" · ")),
      make("p", { class: "when" },
        make("time", { datetime: session.scheduled_start_at },
          timeSpan(session.scheduled_start_at, session.scheduled_end_at)),
        soon ? make("span", { class: "soon" }, soon) : null)),
    make("div", { class: "session-end" },
      make("span", { class: `badge ${status}` }, t(`status.${status}`)),
      make("a", { class: look, href: at(`/class/${Number(session.id)}`), "aria-describedby": id },
        t(session.status === "live" ? "session.enter" : "session.open")),
      menu));
}
