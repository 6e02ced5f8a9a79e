// @ts-check
/** One course: who is enrolled, and the printable sign-in links of the class. */

import { at } from "../base.js";
import { button, make } from "../dom.js";
import { fullName } from "../format.js";
import { t } from "../i18n.js";
import { api, refusalText } from "../page.js";
import { personByEmail } from "./person-by-email.js";
import { askForm } from "../form-dialog.js";
import { query, TableView } from "./table-view.js";

export class MembersView {
  #id;
  #title = make("h1", {}, "…");
  #problem = make("p", { class: "notice bad", role: "alert", hidden: true });
  #table;
  element;

  /** @param {number} id Of the course. */
  constructor(id) {
    this.#id = id;
    this.#table = new TableView({
      path: (search) => `/api/courses/${id}/enrollments${query(search)}`,
      fetch: (path) => api.list(path),
      empty: t("admin.no_members"),
      columns: [
        { title: t("admin.name"), cell: ({ user }) => make("strong", {}, fullName(user)) },
        { title: t("admin.email"), cell: ({ user }) => user.email },
        { title: t("admin.member"), isBrief: true, cell: (row) => t(row.is_active ? "admin.active" : "admin.inactive") },
        { title: t("admin.actions"), cell: (row) => this.#toggle(row) },
      ],
    });
    this.element = make("div", { class: "view" },
      make("p", {}, make("a", { href: "#courses" }, t("admin.all_courses"))),
      make("div", { class: "row spread heading-row" },
        this.#title,
        make("div", { class: "row" },
          make("a", { class: "button quiet", href: at(`/course/${id}/links`) }, t("admin.class_links")),
          button(t("admin.enroll"), "", () => this.#enroll()))),
      this.#problem, this.#table.element);
    this.#try(async () => {
      this.#title.textContent = (await api.send("GET", `/api/courses/${id}`)).title;
    });
  }

  /** @param {any} row */
  #toggle(row) {
    const key = row.is_active ? "admin.end_enrollment" : "admin.resume_enrollment";
    const change = () => this.#try(async () => {
      await api.send("PUT", `/api/courses/${this.#id}/enrollments/${row.user.id}`, { is_active: !row.is_active });
      this.#table.refresh();
    });
    return button(t(key), "quiet small", change, { "aria-label": t(`${key}_of`, { name: fullName(row.user) }) });
  }

  async #enroll() {
    const saved = await askForm({
      title: t("admin.enroll"),
      submit: t("admin.do_enroll"),
      fields: [{ name: "email", label: t("admin.email"), type: "email", required: true }],
      save: async ({ email }) => {
        const user = await personByEmail(email);
        await api.send("PUT", `/api/courses/${this.#id}/enrollments/${user.id}`, { is_active: true });
      },
    });
    if (saved) this.#table.refresh();
  }

  /** @param {() => Promise<void>} work */
  async #try(work) {
    this.#problem.hidden = true;
    try {
      await work();
    } catch (error) {
      this.#problem.textContent = refusalText(error);
      this.#problem.hidden = false;
    }
  }
}
