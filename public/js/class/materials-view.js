// @ts-check
/** What hosts have put up for the class: the task of now, which everybody sees in every tab, and addresses to open. */

import { CloseCode } from "../amphi-client.js";
import { randomID } from "../channel/outbox.js";
import { button, byID, linked, make, outsideLink, setText } from "../dom.js";
import { askForm } from "../form-dialog.js";
import { language, onLanguageChange, t } from "../i18n.js";
import { currentIdentity, guestPage } from "../identity.js";
import { api, confirmed } from "../page.js";
import { shownHost } from "../shown-host.js";
import { arrange } from "./arranged.js";

/**
 * @typedef {import("../channel/materials.js").Material} Material
 * @typedef {import("../channel/materials.js").Materials} Materials
 */

/** Why somebody who may read what is up has no channel that would tell it. */
const WITHOUT_CHANNEL = new Set([CloseCode.notOpenYet, CloseCode.sessionOver, CloseCode.sessionFull]);

export class MaterialsView {
  #client;
  #class;
  #announcer;
  #panel = byID("panel-materials");
  /** @type {Materials | null} What was read over REST, where the channel tells nothing. */
  #read = null;
  #isAsked = false;
  /** @type {Materials | null} What everybody here has heard of; null until the channel has told where it stands. */
  #said = null;
  /** @type {Map<number, {look: string, item: HTMLElement}>} */
  #items = new Map();
  #shownTask = "";

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {{id: number, isHost: () => boolean, select: () => void, showProblem: (error: any) => void}} theClass
   *   `select` brings the tab of the materials into view.
   * @param {import("./announcer.js").Announcer} announcer
   */
  constructor(client, theClass, announcer) {
    this.#client = client;
    this.#class = theClass;
    this.#announcer = announcer;
    byID("add-material").addEventListener("click", () => this.#askForMaterial());
    byID("set-task").addEventListener("click", () => this.#askForTask());
    byID("task-line").addEventListener("click", () => {
      theClass.select();
      byID("tab-materials").focus();
    });
    onLanguageChange(() => this.#draw());
  }

  update() {
    if (this.#isOpen) this.#read = null;
    else if (this.#client.state.epoch === null) void this.#readOnce();
    this.#sayNew();
    this.#draw();
  }

  get #isOpen() {
    return this.#client.connection.phase === "open";
  }

  /** @returns {Materials} */
  get #materials() {
    return this.#read ?? this.#client.state.materials;
  }

  /** A class that is over has no channel any more, and one that is not open yet has none before; what is up can be read. */
  async #readOnce() {
    if (this.#isAsked || guestPage(currentIdentity()) !== null || !WITHOUT_CHANNEL.has(this.#client.connection.code ?? 0)) return;
    this.#isAsked = true;
    // Whoever is refused here has read why in another place.
    await this.#readAgain().catch(() => undefined);
  }

  async #readAgain() {
    const { materials, task } = await api.send("GET", `/api/live-sessions/${this.#class.id}/materials`);
    if (this.#isOpen) return;
    this.#read = { list: materials, task: task?.text ?? null };
    this.#draw();
  }

  #sayNew() {
    const { materials, epoch } = this.#client.state;
    if (epoch === null || materials === this.#said) return;
    const before = this.#said;
    this.#said = materials;
    if (before === null) return;
    const known = new Set(before.list.map(({ id }) => id));
    for (const { id, title } of materials.list) if (!known.has(id)) this.#announcer.say(t("materials.new", { title }));
    const { task } = materials;
    if (task !== before.task) this.#announcer.say(task === null ? t("task.over") : t("task.now", { task }));
  }

  #draw() {
    const { list, task } = this.#materials;
    const isHost = this.#class.isHost();
    byID("materials-acts").hidden = !isHost;
    setText(byID("set-task"), t(task === null ? "task.set" : "task.change"));
    byID("task").hidden = task === null;
    if (this.#shownTask !== (task ?? "")) byID("task-text").replaceChildren(...linked(task ?? ""));
    this.#shownTask = task ?? "";
    byID("task-line").hidden = task === null || !this.#panel.hidden;
    setText(byID("task-line"), task === null ? "" : t("task.now", { task }));
    byID("no-materials").hidden = list.length > 0;
    byID("materials-count").hidden = list.length === 0;
    setText(byID("materials-count"), String(list.length));
    byID("materials-count").setAttribute("aria-label", t("materials.count", { count: list.length }));
    this.#drawList(list, isHost);
  }

  /** @param {readonly Material[]} list @param {boolean} isHost */
  #drawList(list, isHost) {
    const focused = document.activeElement?.closest("#materials li") ?? null;
    const items = list.map((material) => this.#item(material, isHost));
    arrange(byID("materials"), items);
    const kept = new Set(list.map(({ id }) => id));
    for (const id of this.#items.keys()) if (!kept.has(id)) this.#items.delete(id);
    // The button that was pressed is gone with its material: the focus stays near.
    if (focused && !focused.isConnected) this.#panel.focus();
  }

  /** @param {Material} material @param {boolean} isHost */
  #item(material, isHost) {
    const { id, title, url } = material;
    const look = JSON.stringify([title, url, isHost, language()]);
    const before = this.#items.get(id);
    if (before?.look === look) return before.item;
    const remove = () => void this.#remove(material);
    const link = outsideLink(url, "", title, make("span", { class: "hidden-text" }, ` ${t("stage.new_tab")}`));
    link.dir = "auto";
    const item = make("li", { class: "material", "data-id": String(id) },
      make("div", { class: "material-text" }, link, make("span", { class: "muted material-host", dir: "ltr" }, hostOf(url))),
      isHost ? button(t("materials.remove"), "small quiet", remove, { "aria-label": t("materials.remove_of", { title }) }) : null);
    this.#items.set(id, { look, item });
    return item;
  }

  #askForMaterial() {
    // One for all attempts: what was stored although its answer was lost is not stored again.
    const id = randomID();
    return askForm({
      title: t("materials.add"),
      fields: [
        { name: "title", label: t("materials.title"), required: true, more: { maxlength: "200" } },
        {
          name: "url", label: t("materials.url"), required: true, hint: t("materials.url_hint"),
          more: { maxlength: "2048", inputmode: "url", dir: "ltr" },
        },
      ],
      submit: t("materials.add_yes"),
      save: ({ title, url }) => this.#send("material.add", "POST", "materials", { title, url: addressOf(url) }, { client_id: id }),
    });
  }

  #askForTask() {
    return askForm({
      title: t("task.title"),
      fields: [{
        name: "text", label: t("task.text"), hint: t("task.hint"), value: this.#materials.task, lines: 5, more: { maxlength: "2000" },
      }],
      save: ({ text }) => this.#send("task.set", "PUT", "task", { text: text === "" ? null : text }),
    });
  }

  /** @param {Material} material */
  async #remove({ id, title }) {
    const yes = await confirmed({
      title: t("materials.remove_title", { title }), text: t("materials.remove_text"), yes: t("materials.remove"),
    });
    if (!yes) return;
    await this.#send("material.remove", "DELETE", `materials/${id}`, undefined, { id }).catch(this.#class.showProblem);
  }

  /**
   * Over the channel as long as it is open, else over REST.
   *
   * @param {"material.add" | "material.remove" | "task.set"} type
   * @param {"POST" | "PUT" | "DELETE"} method
   * @param {string} path Below the class.
   * @param {Record<string, unknown> | undefined} body
   * @param {Record<string, unknown>} [more] What only the command has.
   */
  async #send(type, method, path, body, more = {}) {
    if (this.#isOpen) {
      await this.#client.request(type, { ...body, ...more });
    } else {
      await api.send(method, `/api/live-sessions/${this.#class.id}/${path}`, body);
      await this.#readAgain();
    }
  }
}

/** @param {string} url As the hub has it. */
function hostOf(url) {
  try {
    const { hostname, port } = new URL(url);
    return shownHost(hostname) + (port ? `:${port}` : "");
  } catch {
    // What the hub takes for an address may be none for this browser.
    return "";
  }
}

/**
 * What somebody has typed as an absolute address, its host in ASCII; what is none stays, and the hub says why.
 *
 * @param {string} typed
 */
function addressOf(typed) {
  try {
    return new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`).href;
  } catch {
    return typed;
  }
}
