// @ts-check
/** The import of people from a file: first a trial that changes nothing, then the real one. */

import { make } from "../dom.js";
import { t } from "../i18n.js";
import { api, refusalText } from "../page.js";
import { bytesOf, FileChanged, isSame, isWindows1252, kindOf } from "./chosen-file.js";

export class ImportView {
  #file = make("input", { type: "file", id: "import-file", accept: ".csv,.txt,.tsv,.ndjson,.jsonl", required: true });
  #try = make("button", { type: "submit" }, t("admin.try_import"));
  #import = make("button", { type: "button", disabled: true }, t("admin.do_import"));
  #result = make("div", { role: "status" });
  /** @type {Uint8Array | null} What the trial has found right: this, and nothing else, may be imported. */
  #tried = null;
  element;

  constructor() {
    const form = make("form", { class: "card fields" },
      make("div", { class: "field wide" },
        make("label", { for: "import-file" }, t("admin.import_file")), this.#file,
        make("p", { class: "muted" }, t("admin.import_hint"))),
      make("div", { class: "row end wide" }, this.#try, this.#import));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(true);
    });
    this.#file.addEventListener("change", () => {
      this.#import.disabled = true;
      this.#tried = null;
      this.#result.replaceChildren();
    });
    this.#import.addEventListener("click", () => this.#send(false));
    this.element = make("div", { class: "view" }, make("h1", {}, t("admin.import")), form, this.#result);
  }

  /** @param {boolean} isTrial */
  async #send(isTrial) {
    const file = this.#file.files?.[0];
    if (!file) return;
    this.#try.disabled = this.#import.disabled = true;
    this.#result.replaceChildren(make("p", { class: "notice" }, t("admin.importing")));
    try {
      const bytes = await bytesOf(file);
      if (!isTrial && !(this.#tried && isSame(this.#tried, bytes))) throw new FileChanged();
      const type = kindOf(bytes);
      if (type === "binary" || type === "empty") return this.#refuse(t(`admin.file_${type}`, { name: file.name }));
      const isOld = type === "text/csv" && isWindows1252(bytes);
      const named = isOld ? `${type}; charset=windows-1252` : type;
      const answer = await api.importDirectory(new Blob([bytes]), named, isTrial);
      this.#tried = isTrial && answer.error_count === 0 ? bytes : null;
      this.#import.disabled = this.#tried === null;
      const outcome = answer.error_count === 0 ? summary(answer) : t("admin.faulty", { count: answer.error_count });
      this.#show(answer, [outcome, ...remarks(answer, isOld)].join(" "));
    } catch (error) {
      if (error instanceof FileChanged) return this.#chooseAgain(file.name);
      const body = /** @type {any} */ (error).body ?? {};
      this.#show({ errors: body.errors ?? [], error_count: 1 }, refusalText(error));
    } finally {
      this.#try.disabled = false;
    }
  }

  /** @param {string} sentence */
  #refuse(sentence) {
    this.#show({ errors: [], error_count: 1 }, sentence);
  }

  /**
   * What was chosen is no more: the field is emptied, so that the next choice of the same name is a new one.
   *
   * @param {string} name
   */
  #chooseAgain(name) {
    this.#file.value = "";
    this.#tried = null;
    this.#refuse(t("admin.file_changed", { name }));
    this.#file.focus();
  }

  /** @param {any} answer @param {string} sentence */
  #show(answer, sentence) {
    const rows = (answer.errors ?? []).map((/** @type {any} */ error) => make("tr", {},
      make("td", {}, String(error.line)), make("td", {}, error.field ?? ""), make("td", {}, error.message)));
    this.#result.replaceChildren(
      make("p", { class: answer.error_count > 0 ? "notice bad" : "notice" }, sentence),
      rows.length === 0 ? "" : make("div", { class: "scroll-x" }, make("table", {},
        make("thead", {}, make("tr", {}, ...["admin.line", "admin.column", "admin.fault"].map((key) =>
          make("th", { scope: "col" }, t(key))))),
        make("tbody", {}, ...rows))));
  }
}

/**
 * What was done without a word in the file, and may be wrong.
 *
 * @param {any} answer
 * @param {boolean} isOld
 */
function remarks(answer, isOld) {
  const columns = (answer.ignored_columns ?? []).join(", ");
  return [
    ...(columns ? [t("admin.ignored_columns", { columns })] : []), ...(isOld ? [t("admin.read_as_1252")] : []),
  ];
}

/** @param {any} answer */
function summary(answer) {
  const { created, updated, unchanged } = answer;
  return t(answer.dry_run ? "admin.would_import" : "admin.imported", { created, updated, unchanged });
}
