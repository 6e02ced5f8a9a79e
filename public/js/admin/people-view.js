// @ts-check
/** The people of the Directory: finding, adding, changing, their sign-in links. */

import { button, make } from "../dom.js";
import { fullName } from "../format.js";
import { t } from "../i18n.js";
import { api, confirmed, refusalText } from "../page.js";
import { askForm, showLink } from "../form-dialog.js";
import { query, TableView } from "./table-view.js";

const ROLES = ["student", "instructor", "admin"];

export class PeopleView {
  #problem = make("p", { class: "notice bad", role: "alert", hidden: true });
  #table;
  element;

  constructor() {
    this.#table = new TableView({
      path: (search) => `/api/users${query(search)}`,
      fetch: (path) => api.list(path),
      empty: t("admin.no_people"),
      columns: [
        { title: t("admin.name"), cell: (user) => make("strong", {}, fullName(user)) },
        { title: t("admin.email"), cell: (user) => user.email },
        { title: t("admin.role"), isBrief: true, cell: (user) => t(`account_role.${user.role}`) },
        { title: t("admin.id"), isBrief: true, cell: (user) => String(user.id) },
        { title: t("admin.actions"), cell: (user) => this.#actions(user) },
      ],
    });
    this.element = make("div", { class: "view" },
      make("div", { class: "row spread heading-row" },
        make("h1", {}, t("admin.people")), button(t("admin.add_person"), "", () => this.#edit(null))),
      this.#problem, this.#table.element);
  }

  /** @param {any} user */
  #actions(user) {
    const of = { name: fullName(user) };
    const named = (/** @type {string} */ key) => ({ "aria-label": t(`${key}_of`, of) });
    return make("div", { class: "row actions" },
      button(t("admin.edit"), "quiet small", () => this.#edit(user), named("admin.edit")),
      button(t("admin.link"), "quiet small", () => this.#link(user, "sign_in"), named("admin.link")),
      button(t("admin.reset"), "quiet small", () => this.#link(user, "reset_password"), named("admin.reset")),
      button(t("admin.delete"), "quiet small", () => this.#delete(user), named("admin.delete")));
  }

  /** @param {any} user Null for a new one. */
  async #edit(user) {
    const saved = await askForm({
      title: user ? t("admin.edit_of", { name: fullName(user) }) : t("admin.add_person"),
      fields: [
        { name: "first_name", label: t("admin.first_name"), value: user?.first_name, more: { maxlength: "100" } },
        { name: "last_name", label: t("admin.last_name"), value: user?.last_name, more: { maxlength: "100" } },
        { name: "email", label: t("admin.email"), type: "email", required: true, value: user?.email },
        {
          name: "role", label: t("admin.role"), value: user?.role ?? "student",
          options: ROLES.map((value) => ({ value, label: t(`account_role.${value}`) })),
        },
      ],
      save: (values) => user ? api.send("PUT", `/api/users/${user.id}`, values) : api.send("POST", "/api/users", values),
    });
    if (saved) this.#table.refresh();
  }

  /** @param {any} user @param {"sign_in" | "reset_password"} purpose */
  async #link(user, purpose) {
    await this.#try(async () => {
      const link = await api.send("POST", `/api/users/${user.id}/sign-in-link`, { purpose });
      showLink(t(purpose === "sign_in" ? "admin.link" : "admin.reset"), fullName(user), link);
    });
  }

  /** @param {any} user */
  async #delete(user) {
    const question = {
      title: t("admin.delete_of", { name: fullName(user) }), text: t("admin.delete_person_text"), yes: t("admin.delete"),
    };
    if (!await confirmed(question)) return;
    await this.#try(async () => {
      await api.send("DELETE", `/api/users/${user.id}`);
      this.#table.refresh();
    });
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
