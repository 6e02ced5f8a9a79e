// @ts-check
/** A searchable list in pages, as all views of the administration show one. */

import { button, make } from "../dom.js";
import { errorText, t } from "../i18n.js";
import { goToSignIn, isSignedOut } from "../page.js";

const PAGE_ROWS = 50;

/**
 * @typedef {{title: string, isBrief?: boolean, cell: (row: any) => Node | string | null}} Column
 *   A brief one stays on one line, and a phone's card, which has no head, says its title.
 * @typedef {{
 *   path: (search: string) => string,
 *   fetch: (path: string) => Promise<{data: any[], pagination: {page: number, total: number, pages: number}}>,
 *   columns: Column[],
 *   empty: string,
 * }} Source `path` is that of the list, its query included; page and limit are added.
 */

export class TableView {
  #source;
  #page = 1;
  /** Answers of older questions are dropped. */
  #asked = 0;
  #search = make("input", { type: "search", maxlength: "100", autocomplete: "off", id: "search" });
  #status = make("p", { class: "muted", role: "status" });
  #problem = make("p", { class: "notice bad", role: "alert", hidden: true });
  #body = make("tbody", { role: "rowgroup" });
  #table;
  #pages = make("div", { class: "row end" });
  element;

  /** @param {Source} source */
  constructor(source) {
    this.#source = source;
    const heads = source.columns.map(({ title }) => make("th", { scope: "col", role: "columnheader" }, title));
    // The roles are said, because a phone shows each row as a card, and what is no table to CSS is none to a screen reader.
    this.#table = make("table", { role: "table", class: "cards-on-phone" },
      make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads)), this.#body);
    let typing = 0;
    this.#search.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => {
        this.#page = 1;
        this.refresh();
      }, 250);
    });
    this.element = make("div", { class: "list" },
      make("div", { class: "field" }, make("label", { for: "search" }, t("admin.search")), this.#search),
      this.#problem, this.#status, make("div", { class: "scroll-x" }, this.#table), this.#pages);
    this.refresh();
  }

  async refresh() {
    const asked = ++this.#asked;
    try {
      const path = this.#source.path(this.#search.value.trim());
      const mark = path.includes("?") ? "&" : "?";
      const answer = await this.#source.fetch(`${path}${mark}page=${this.#page}&limit=${PAGE_ROWS}`);
      if (asked === this.#asked) this.#show(answer);
    } catch (error) {
      if (isSignedOut(error)) return goToSignIn("expired");
      if (asked === this.#asked) this.#refuse(error);
    }
  }

  /** @param {any} error */
  #refuse(error) {
    this.#problem.textContent = errorText(error);
    this.#problem.hidden = false;
  }

  /** @param {{data: any[], pagination: {page: number, total: number, pages: number}}} answer */
  #show({ data, pagination }) {
    this.#problem.hidden = true;
    this.#table.hidden = data.length === 0;
    this.#status.textContent = data.length === 0 ? this.#source.empty : t("admin.found", { count: pagination.total });
    this.#body.replaceChildren(...data.map((row) => make("tr", { role: "row" },
      ...this.#source.columns.map(({ cell, isBrief, title }) =>
        make("td", { role: "cell", "data-title": isBrief ? title : null }, cell(row))))));
    const turn = (/** @type {number} */ by) => {
      this.#page += by;
      this.refresh();
    };
    this.#pages.replaceChildren(...(pagination.pages > 1 ? [
      button(t("admin.previous"), "quiet small", () => turn(-1), pagination.page > 1 ? {} : { disabled: "" }),
      make("span", { class: "muted" }, t("admin.page", { page: pagination.page, pages: pagination.pages })),
      button(t("admin.next"), "quiet small", () => turn(1), pagination.page < pagination.pages ? {} : { disabled: "" }),
    ] : []));
  }
}

/**
 * @param {string} search
 * @param {Record<string, string>} [more]
 */
export function query(search, more = {}) {
  const values = new URLSearchParams(Object.entries({ search, ...more }).filter(([, value]) => value !== ""));
  const text = values.toString();
  return text === "" ? "" : `?${text}`;
}
