// @ts-check
/** What hosts have beside the class: rules and acts, roll-call, guests, bans, co-hosts; and what all see of who holds it. */

import { byID } from "../dom.js";
import { BansView } from "./bans-view.js";
import { Cohosts } from "./cohosts.js";
import { GuestsView } from "./guests-view.js";
import { HostsNotice } from "./hosts-notice.js";
import { ModerationView } from "./moderation-view.js";
import { RollCallView } from "./roll-call-view.js";
import { askForSubstitute } from "./substitute.js";

/**
 * @typedef {{id: number, session: () => any, may: (command: string) => boolean, showProblem: (error: any) => void,
 *            act: (type: import("./person-menu.js").Action, fields: Record<string, unknown>) => Promise<void>,
 *            isAdministrator: boolean, gone: () => void, peopleChanged: () => void}} HostedClass
 *   `gone` is told when the control that had the focus has no successor.
 */

export class HostTools {
  #client;
  #class;
  #moderation;
  #bans;
  #guests;
  #rollCall;
  #notice;
  cohosts;

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {HostedClass} theClass
   * @param {import("./announcer.js").Announcer} announcer
   */
  constructor(client, theClass, announcer) {
    this.#client = client;
    this.#class = theClass;
    this.#moderation = new ModerationView(client, theClass);
    this.#bans = new BansView(client, theClass);
    this.#guests = new GuestsView(client, theClass);
    this.#rollCall = new RollCallView(client, theClass);
    this.cohosts = new Cohosts(client, theClass.id, () => this.#cohostsChanged());
    const nameSubstitute = () => askForSubstitute(client, theClass.isAdministrator);
    const naming = { mayName: () => this.cohosts.mayName, nameSubstitute, gone: theClass.gone };
    this.#notice = new HostsNotice(client, naming, announcer);
    byID("substitute").addEventListener("click", nameSubstitute);
  }

  /** @param {(...names: import("../amphi-client.js").Change[]) => boolean} has What of the state has changed. */
  update(has) {
    if (has("session", "me", "moderation", "connection")) this.#moderation.update();
    if (has("me", "moderation")) this.#bans.update();
    if (has("people", "session", "connection", "me")) {
      this.#rollCall.update();
      this.#guests.update();
    }
    if (has("messages", "connection", "me")) this.cohosts.update();
    if (has("connection", "me")) this.#cohostsChanged();
    if (has("people", "messages", "session", "connection", "me")) this.#notice.update();
  }

  #cohostsChanged() {
    byID("substitute").hidden = !this.cohosts.mayName || this.#client.connection.phase !== "open";
    this.#class.peopleChanged();
    this.#notice.update();
  }
}
