// @ts-check
/** The courses of the Directory; each leads to its members. */

import { button, make } from "../dom.js";
import { fullName } from "../format.js";
import { t } from "../i18n.js";
import { api } from "../page.js";
import { askForm } from "../form-dialog.js";
import { personByEmail } from "./person-by-email.js";
import { query, TableView } from "./table-view.js";

/** What a new course has. */
const LATE_AFTER_MINUTES = 10;
const PRESENT_PERCENT = 75;

export class CoursesView {
  #table;
  element;

  constructor() {
    this.#table = new TableView({
      path: (search) => `/api/courses${query(search)}`,
      fetch: (path) => api.list(path),
      empty: t("admin.no_courses"),
      columns: [
        { title: t("create.name"), cell: (course) => make("a", { href: `#course/${Number(course.id)}` }, course.title) },
        { title: t("admin.places"), isBrief: true, cell: (course) => course.max_students ? String(course.max_students) : "–" },
        { title: t("admin.id"), isBrief: true, cell: (course) => String(course.id) },
        {
          title: t("admin.actions"),
          cell: (course) => button(t("admin.edit"), "quiet small", () => this.#edit(course), {
            "aria-label": t("admin.edit_of", { name: course.title }),
          }),
        },
      ],
    });
    this.element = make("div", { class: "view" },
      make("div", { class: "row spread heading-row" },
        make("h1", {}, t("admin.courses")), button(t("admin.add_course"), "", () => this.#edit(null))),
      this.#table.element);
  }

  /** @param {any} course Null for a new one. */
  async #edit(course) {
    const teacher = course ? await api.send("GET", `/api/users/${course.instructor_id}`).catch(() => null) : null;
    const saved = await askForm({
      title: course ? t("admin.edit_of", { name: course.title }) : t("admin.add_course"),
      fields: [
        { name: "title", label: t("create.name"), required: true, value: course?.title, more: { maxlength: "255" } },
        {
          name: "instructor", label: t("admin.instructor_email"), type: "email", required: true, value: teacher?.email,
          hint: teacher ? fullName(teacher) : undefined,
        },
        {
          name: "time_zone", label: t("admin.time_zone"), hint: t("admin.time_zone_hint"),
          value: course ? course.time_zone : Intl.DateTimeFormat().resolvedOptions().timeZone,
        },
        {
          name: "max_students", label: t("admin.places"), type: "number", value: course?.max_students,
          hint: t("admin.places_hint"), more: { min: "1" },
        },
        {
          name: "late_after_minutes", label: t("admin.late_after"), type: "number", required: true,
          value: course?.late_after_minutes ?? LATE_AFTER_MINUTES, more: { min: "0", max: "240" },
        },
        {
          name: "present_percent", label: t("admin.present_percent"), type: "number", required: true,
          value: course?.present_percent ?? PRESENT_PERCENT, more: { min: "1", max: "100" },
        },
      ],
      save: async ({ title, instructor, time_zone, max_students, late_after_minutes, present_percent }) => {
        const body = {
          title,
          instructor_id: (await personByEmail(instructor)).id,
          time_zone: time_zone || null,
          max_students: max_students ? Number(max_students) : null,
          late_after_minutes: Number(late_after_minutes),
          present_percent: Number(present_percent),
        };
        await (course ? api.send("PUT", `/api/courses/${course.id}`, body) : api.send("POST", "/api/courses", body));
      },
    });
    if (saved) this.#table.refresh();
  }
}
