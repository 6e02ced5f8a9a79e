// @ts-check
/** What a host does with a session besides holding it: change, move, copy, cancel, delete. */

import { make } from "../dom.js";
import { t } from "../i18n.js";
import { menu } from "../menu.js";
import { api, confirmed, refusalText } from "../page.js";
import { SessionFields } from "./session-fields.js";

/** @typedef {import("./session-fields.js").FieldName} FieldName */
/** @typedef {(session: any, where: "here" | "nowhere") => void} Changed  Told of the session, or that it is gone. */

/** @type {Record<string, FieldName[]>} What may be changed in which state: as the hub has it (SessionLifecycle). */
const EDITABLE = {
  scheduled: ["title", "start", "minutes", "places", "description", "chat"],
  live: ["title", "places", "description", "chat"],
  ended: ["title", "description", "recording"],
};
/** @type {FieldName[]} */
const OF_A_COPY = ["title", "start", "minutes", "places", "description", "chat"];

/**
 * @param {any} session
 * @param {Changed} changed
 * @returns {HTMLElement}
 */
export function sessionMenu(session, changed) {
  const path = `/api/live-sessions/${Number(session.id)}`;
  const save = async (/** @type {SessionFields} */ fields) => {
    const changes = fields.values();
    // The hub refuses a change of nothing; for whoever presses Save it is none.
    return Object.keys(changes).length > 0 ? api.send("PUT", path, changes) : session;
  };
  const editable = EDITABLE[String(session.status)] ?? null;
  const isPlanned = session.status === "scheduled";
  const items = [
    editable && { label: t("menu.edit"), choose: () => edit(session, editable, t("menu.edit_of", session), save, changed) },
    isPlanned && {
      label: t("menu.move"),
      choose: () => edit(session, ["start", "minutes"], t("menu.move_of", session), save, changed),
    },
    { label: t("menu.copy"), choose: () => copy(session, changed) },
    isPlanned && { label: t("menu.cancel"), isGrave: true, choose: () => cancel(session, path, changed) },
    session.status !== "live" && { label: t("menu.delete"), isGrave: true, choose: () => remove(session, path, changed) },
  ];
  const label = t("menu.of", { title: session.title });
  return menu(label, `menu-${Number(session.id)}`, /** @type {import("../menu.js").MenuItem[]} */ (items.filter(Boolean)));
}

/**
 * @param {any} session
 * @param {FieldName[]} names
 * @param {string} title
 * @param {(fields: SessionFields) => Promise<any>} save
 * @param {Changed} changed
 */
async function edit(session, names, title, save, changed) {
  const saved = await askForSession(title, t("admin.save"), new SessionFields("edit", names, session), save);
  if (saved) changed(saved, "here");
}

/** @param {any} session @param {Changed} changed */
async function copy(session, changed) {
  const fields = new SessionFields("edit", OF_A_COPY, session);
  fields.moveByAWeek();
  const create = () => api.createSession(Number(session.course_id), fields.allValues());
  const saved = await askForSession(t("menu.copy_of", session), t("create.submit"), fields, create);
  if (saved) changed(saved, "here");
}

/** @param {any} session @param {string} path @param {Changed} changed */
async function cancel(session, path, changed) {
  const question = { title: t("menu.cancel_of", session), text: t("menu.cancel_text"), yes: t("menu.cancel") };
  await afterQuestion(question, () => api.send("POST", `${path}/cancel`, {}), () => changed(session, "here"));
}

/** @param {any} session @param {string} path @param {Changed} changed */
async function remove(session, path, changed) {
  const question = { title: t("menu.delete_of", session), text: t("menu.delete_text"), yes: t("menu.delete") };
  await afterQuestion(question, () => api.send("DELETE", path), () => changed(session, "nowhere"));
}

/**
 * @param {{title: string, text: string, yes: string}} question
 * @param {() => Promise<any>} work
 * @param {() => void} done
 */
async function afterQuestion(question, work, done) {
  if (!await confirmed(question)) return;
  try {
    await work();
    done();
  } catch (error) {
    await told(question.title, refusalText(error));
  }
}

/** @param {string} title @param {string} text */
function told(title, text) {
  return new Promise((resolve) => {
    const dialog = make("dialog", { "aria-labelledby": "told", class: "question" },
      make("form", { method: "dialog" },
        make("h2", { id: "told" }, title), make("p", { class: "notice bad", role: "alert" }, text),
        make("div", { class: "row end" }, make("button", {}, t("admin.close")))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(undefined);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/**
 * The fields in a dialog, until they are saved or given up; what was typed stays after a refusal.
 *
 * @param {string} title
 * @param {string} submit
 * @param {SessionFields} fields
 * @param {(fields: SessionFields) => Promise<any>} save
 * @returns {Promise<any>} The session as it is now, or null.
 */
export function askForSession(title, submit, fields, save) {
  return new Promise((resolve) => {
    /** @type {any} */
    let saved = null;
    const problem = make("p", { class: "notice bad", role: "alert", hidden: true });
    const yes = make("button", { type: "submit" }, submit);
    const no = make("button", { type: "button", class: "quiet" }, t("dialog.cancel"));
    const form = make("form", {}, make("h2", { id: "session-heading" }, title), ...fields.elements(), problem,
      make("div", { class: "row end" }, no, yes));
    const dialog = make("dialog", { "aria-labelledby": "session-heading" }, form);
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(saved);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!fields.check()) return;
      yes.disabled = true;
      problem.hidden = true;
      try {
        saved = await save(fields);
        dialog.close();
      } catch (error) {
        problem.textContent = refusalText(error);
        problem.hidden = false;
      } finally {
        yes.disabled = false;
      }
    });
    document.body.append(dialog);
    dialog.showModal();
    fields.focus();
  });
}
