// @ts-check
/** For hosts: the guests of the class, whom a link lets in; inviting one, showing the link again, letting go, forgetting. */

import { byID, make, setText } from "../dom.js";
import { askForm } from "../form-dialog.js";
import { dayAndTime } from "../format.js";
import { language, onLanguageChange, t } from "../i18n.js";
import { menu } from "../menu.js";
import { api, confirmed } from "../page.js";
import { showGuestLink } from "./guest-link.js";

/**
 * @typedef {{id: number, user_id: number, name: string, created_at: string, expires_at: string, revoked_at: string | null,
 *            erased_at: string | null, joined_at: string | null}} Guest
 * @typedef {Guest & {link: string}} Invitation
 */

export class GuestsView {
  #client;
  #class;
  #box = /** @type {HTMLDetailsElement} */ (byID("guests"));
  #list = byID("guest-list");
  /** @type {Guest[] | null} Null until they were read. */
  #guests = null;
  /** @type {Set<number>} Those who were seen here since the list was read. */
  #came = new Set();
  #drawn = "";

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {{id: number, may: (command: string) => boolean, showProblem: (error: any) => void}} theClass
   */
  constructor(client, theClass) {
    this.#client = client;
    this.#class = theClass;
    this.#box.addEventListener("toggle", () => this.#box.open && this.#read());
    byID("invite-guest").addEventListener("click", () => this.#invite());
    onLanguageChange(() => this.update());
  }

  update() {
    const isOffered = this.#class.may("moderation.mute") && this.#client.connection.phase === "open";
    this.#box.hidden = !isOffered;
    if (!isOffered) return;
    const { session } = this.#client.state;
    byID("invite-guest").hidden = session?.status === "cancelled";
    setText(byID("guests-title"), this.#guests ? t("guests.title", { count: this.#alive.length }) : t("guests.untold"));
    byID("no-guests").hidden = this.#guests?.length !== 0;
    this.#draw();
  }

  get #path() {
    return `/api/live-sessions/${this.#class.id}/guests`;
  }

  get #alive() {
    return (this.#guests ?? []).filter((guest) => guest.revoked_at === null);
  }

  async #read() {
    try {
      this.#guests = await api.send("GET", this.#path);
    } catch (error) {
      this.#class.showProblem(error);
    }
    this.update();
  }

  #draw() {
    const guests = this.#guests ?? [];
    // A menu that is open must stay while people come and go.
    const drawn = JSON.stringify([language(), guests.map((guest) => [guest, this.#state(guest)])]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const focused = document.activeElement?.closest("#guest-list li")?.getAttribute("data-id") ?? null;
    this.#list.replaceChildren(...guests.map((guest) => this.#item(guest)));
    if (focused === null) return;
    const near = this.#list.querySelector(`[data-id="${focused}"] button`) ?? byID("guests-title");
    /** @type {HTMLElement} */ (near).focus();
  }

  /** @param {Guest} guest @returns {string} In words. */
  #state({ user_id: id, revoked_at, erased_at, expires_at, joined_at }) {
    if (erased_at) return t("guests.forgotten");
    if (revoked_at !== null) return t("guests.revoked");
    if (this.#client.state.presence.people.has(id)) {
      this.#came.add(id);
      return t("guests.here");
    }
    const time = dayAndTime(expires_at);
    if (Date.parse(expires_at) <= this.#client.serverNow()) return t("guests.expired", { time });
    return t(joined_at === null && !this.#came.has(id) ? "guests.invited" : "guests.away", { time });
  }

  /** @param {Guest} guest */
  #item(guest) {
    const { id, name, revoked_at: revoked, erased_at: erased, expires_at: end } = guest;
    const isExpired = Date.parse(end) <= this.#client.serverNow();
    const forget = { label: t("guests.forget"), isGrave: true, choose: () => this.#forget(guest) };
    const items = revoked !== null ? [forget] : [
      ...(isExpired ? [] : [{ label: t("guests.show_link"), choose: () => this.#show(guest, false) }]),
      { label: t("guests.renew"), choose: () => this.#renew(guest) },
      { label: t("guests.let_go"), isGrave: true, choose: () => this.#letGo(guest) }, forget,
    ];
    return make("li", { class: "person", "data-id": String(id) },
      make("span", { class: "guest-text" },
        make("span", { class: "person-name", dir: "auto" }, name), make("span", { class: "muted" }, this.#state(guest))),
      erased ? null : menu(t("menu.of", { title: name }), `guest-${id}`, items));
  }

  async #invite() {
    /** @type {Invitation | null} */
    let invitation = null;
    await askForm({
      title: t("guests.invite"),
      fields: [
        { name: "name", label: t("guests.name"), required: true, hint: t("guests.name_hint"), more: { maxlength: "100" } },
        { name: "expires_at", label: t("guests.until"), type: "datetime-local", hint: t("guests.until_hint") },
      ],
      submit: t("guests.invite_yes"),
      save: async ({ name, expires_at }) => {
        const end = expires_at ? { expires_at: new Date(expires_at).toISOString() } : {};
        invitation = await api.send("POST", this.#path, { name, ...end });
      },
    });
    if (invitation === null) return;
    await this.#read();
    showGuestLink(invitation);
  }

  /** @param {Guest} guest @param {boolean} renew */
  async #show({ id }, renew) {
    const invitation = await this.#run(api.send("POST", `${this.#path}/${id}/link`, { renew }));
    if (invitation) showGuestLink(invitation);
  }

  /** @param {Guest} guest */
  async #renew(guest) {
    const { name } = guest;
    if (await confirmed({ title: t("guests.renew_title", { name }), text: t("guests.renew_text"), yes: t("guests.renew") })) {
      await this.#show(guest, true);
    }
  }

  /** @param {Guest} guest */
  async #letGo({ id, name }) {
    const yes = await confirmed({
      title: t("guests.let_go_title", { name }), text: t("guests.let_go_text"), yes: t("guests.let_go"),
    });
    if (yes) await this.#run(api.send("DELETE", `${this.#path}/${id}`));
  }

  /** @param {Guest} guest */
  async #forget({ id, name }) {
    const yes = await confirmed({
      title: t("guests.forget_title", { name }), text: t("guests.forget_text"), yes: t("guests.forget"),
    });
    if (yes) await this.#run(api.send("DELETE", `${this.#path}/${id}?erase=true`));
  }

  /** @param {Promise<any>} request @returns {Promise<any>} Null when it was refused. */
  async #run(request) {
    try {
      const answer = await request;
      byID("problem").hidden = true;
      await this.#read();
      return answer;
    } catch (error) {
      this.#class.showProblem(error);
      return null;
    }
  }
}
