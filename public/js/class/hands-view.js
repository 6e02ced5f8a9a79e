// @ts-check
/** Raised hands: one's own, the queue of a host, and who is called to speak. */

import { button, byID, make, oncePerFrame, setText, showNotice } from "../dom.js";
import { language, onLanguageChange, t } from "../i18n.js";
import { handPlace } from "./hand-place.js";
import { PersonNames } from "./person-names.js";

/** A queue shows so many; the others follow as these go. */
const MOST_SHOWN = 50;
const CALL_SHOWN_MS = 30_000;

export class HandsView {
  #client;
  #class;
  #announcer;
  #names;
  /** @type {number[] | null} The hands as they were said last; null until the channel has told of them. */
  #said = null;
  /** @type {number | null} Calls up to here are old; null until the channel has told where it stands. */
  #seen = null;
  /** @type {number | null} Who is called, while that is shown. */
  #called = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #calledTimer;
  #shownQueue = "";
  #draw = oncePerFrame(() => this.#render());

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {{may: (command: string) => boolean, showProblem: (error: any) => void}} theClass
   * @param {import("./announcer.js").Announcer} announcer
   */
  constructor(client, theClass, announcer) {
    this.#client = client;
    this.#class = theClass;
    this.#announcer = announcer;
    this.#names = new PersonNames(client, () => this.update());
    byID("hand").addEventListener("click", () => this.#run(client.hand(!this.#isUp)));
    byID("call-next").addEventListener("click", () => this.#run(client.callNext()));
    onLanguageChange(() => this.update());
  }

  update() {
    this.#noticeCall();
    this.#sayNew();
    this.#draw();
  }

  get #meID() {
    return this.#client.state.me?.user.id;
  }

  get #isUp() {
    return this.#client.state.hands.some((id) => id === this.#meID);
  }

  get #isOpen() {
    return this.#client.connection.phase === "open" && this.#client.state.session?.status === "live";
  }

  /** @param {Promise<unknown>} command */
  #run(command) {
    command.catch(this.#class.showProblem);
  }

  /** Whoever comes later is not told of a call that was before. */
  #noticeCall() {
    const { called, seq, epoch, session } = this.#client.state;
    if (epoch === null) return;
    if (called && this.#seen !== null && called.seq > this.#seen) {
      this.#called = called.userID;
      clearTimeout(this.#calledTimer);
      this.#calledTimer = setTimeout(() => {
        this.#called = null;
        this.update();
      }, CALL_SHOWN_MS);
    }
    this.#seen = seq;
    if (session?.status !== "live") this.#called = null;
    showNotice(byID("called"), this.#callSentence());
  }

  #callSentence() {
    if (this.#called === null) return "";
    if (this.#called === this.#meID) return t("hands.called_you");
    return t("hands.called", { name: this.#names.of(this.#called) ?? t("hands.somebody") });
  }

  /** Hosts hear of each new hand; of many at once they hear how many there are. */
  #sayNew() {
    const { hands, epoch } = this.#client.state;
    if (epoch === null || hands === this.#said) return;
    const before = new Set(this.#said ?? hands);
    const news = hands.filter((id) => !before.has(id) && id !== this.#meID);
    this.#said = hands;
    if (news.length === 0 || !this.#class.may("hand.next")) return;
    const name = news.length === 1 ? this.#names.of(news[0]) : null;
    this.#announcer.say(name ? t("hands.new", { name }) : t("hands.count", { count: hands.length }));
  }

  #render() {
    const { hands } = this.#client.state;
    const isOpen = this.#isOpen;
    byID("gestures").hidden = !isOpen || !this.#class.may("hand");
    setText(byID("hand"), t(this.#isUp ? "hand.lower" : "hand.raise"));
    byID("hand").classList.toggle("quiet", !this.#isUp);
    byID("hands-count").hidden = hands.length === 0;
    setText(byID("hands-count"), `✋ ${hands.length}`);
    byID("hands-count").setAttribute("aria-label", t("hands.count", { count: hands.length }));
    const isHosting = isOpen && this.#class.may("hand.next");
    this.#renderQueue(isHosting ? hands.slice(0, MOST_SHOWN) : []);
    byID("queue").hidden = !isHosting || hands.length === 0;
  }

  /** @param {number[]} hands */
  #renderQueue(hands) {
    // A button that is drawn anew while somebody presses it would not be pressed.
    const shown = JSON.stringify([language(), ...hands.map((id) => [id, this.#names.of(id)])]);
    if (shown === this.#shownQueue) return;
    this.#shownQueue = shown;
    const focused = document.activeElement;
    const focusedID = focused && byID("queue").contains(focused) ? focused.getAttribute("data-id") ?? "" : null;
    byID("hands").replaceChildren(...hands.map((id, index) => this.#queueItem(id, index + 1)));
    if (focusedID === null) return;
    // The button that was pressed is gone with its hand, or the whole queue is: the focus stays near.
    const same = byID("hands").querySelector(`button[data-id="${focusedID}"]`);
    const next = same ?? byID(hands.length > 0 ? "call-next" : "panel-people");
    if (next instanceof HTMLElement) next.focus();
  }

  /** @param {number} id @param {number} place */
  #queueItem(id, place) {
    const name = this.#names.of(id) ?? t("hands.somebody");
    const lower = () => this.#run(this.#client.hand(false, id));
    return make("li", { class: "person", "data-id": String(id) },
      handPlace(place),
      make("span", { class: "person-name", dir: "auto" }, name),
      button(t("hands.lower"), "small quiet", lower, { "data-id": String(id), "aria-label": t("hands.lower_of", { name }) }));
  }
}
