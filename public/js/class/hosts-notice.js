// @ts-check
/** Who holds the class: a quiet notice while no teacher is connected, and one when somebody becomes co-host. */

import { isHost } from "../channel/me.js";
import { button, byID, showNotice } from "../dom.js";
import { onLanguageChange, t } from "../i18n.js";
import { PersonNames } from "./person-names.js";

/** A teacher who is back so soon was missed by nobody. */
const ABSENCE_MS = 3_000;
const ROLE_SHOWN_MS = 30_000;

export class HostsNotice {
  #client;
  #class;
  #announcer;
  #names;
  /** @type {string} What should be said about an absence: the key of its sentence, or nothing. */
  #wanted = "";
  #isShown = false;
  #shown = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #absence;
  /** @type {number | null} The teacher of the class, once they were seen here. */
  #teacher = null;
  #teacherName = "";
  /** @type {number | null} Changes up to here are old; null until the channel has told where it stands. */
  #seen = null;
  /** @type {import("../channel/class-state.js").RoleChange | null} The one that is shown. */
  #change = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #changeTimer;

  /**
   * @param {import("../amphi-client.js").AmphiClient} client
   * @param {{mayName: () => boolean, nameSubstitute: () => void, gone: () => void}} theClass
   *   `gone` is told when the control that had the focus has no successor.
   * @param {import("./announcer.js").Announcer} announcer
   */
  constructor(client, theClass, announcer) {
    this.#client = client;
    this.#class = theClass;
    this.#announcer = announcer;
    this.#names = new PersonNames(client, () => this.update());
    onLanguageChange(() => this.update());
  }

  update() {
    this.#noticeAbsence();
    this.#noticeChange();
    this.#draw();
  }

  #noticeAbsence() {
    const { session, presence } = this.#client.state;
    const teacher = presence.people.get(session?.instructor_id ?? 0);
    if (teacher) [this.#teacher, this.#teacherName] = [teacher.id, teacher.name];
    const wanted = this.#absenceNow();
    if (wanted === this.#wanted) return;
    const isBack = this.#isShown && wanted === "" && session?.status === "live" && this.#client.connection.phase === "open"
      && !session.ending_at;
    this.#wanted = wanted;
    if (isBack) this.#announcer.say(t("absent.back"));
    if (wanted === "") this.#isShown = false;
    clearTimeout(this.#absence);
    if (wanted === "" || this.#isShown) return;
    this.#absence = setTimeout(() => {
      this.#isShown = true;
      this.#draw();
    }, ABSENCE_MS);
  }

  #absenceNow() {
    const { session, presence, me } = this.#client.state;
    // What the end of a class that nobody holds says is said elsewhere already.
    if (this.#client.connection.phase !== "open" || session?.status !== "live" || session.ending_at || !me) return "";
    if (![...presence.people.values()].some(({ role }) => isHost(role))) return "absent.nobody";
    const isTeacherGone = this.#teacher === session.instructor_id && !presence.people.has(this.#teacher);
    return isHost(me.role) && isTeacherGone && me.user.id !== this.#teacher ? "absent.teacher" : "";
  }

  #draw() {
    const isOffered = this.#class.mayName();
    const text = this.#isShown ? t(this.#wanted, { name: this.#teacherName }) : "";
    const shown = JSON.stringify([text, isOffered, t("cohost.substitute")]);
    // A live region: it speaks only when there is something new.
    if (shown !== this.#shown) {
      const hadFocus = byID("absent").contains(document.activeElement);
      this.#shown = shown;
      byID("absent").hidden = text === "";
      const offer = () => button(t("cohost.substitute"), "small", this.#class.nameSubstitute);
      byID("absent").replaceChildren(text, ...(text !== "" && isOffered ? [" ", offer()] : []));
      if (hadFocus) this.#class.gone();
    }
    showNotice(byID("role"), this.#changeSentence());
  }

  /** Whoever comes later is not told of what was before. */
  #noticeChange() {
    const { roleChange, seq, epoch } = this.#client.state;
    if (epoch === null) return;
    if (roleChange && this.#seen !== null && roleChange.seq > this.#seen) {
      this.#change = roleChange;
      clearTimeout(this.#changeTimer);
      this.#changeTimer = setTimeout(() => {
        this.#change = null;
        this.#draw();
      }, ROLE_SHOWN_MS);
    }
    this.#seen = seq;
  }

  #changeSentence() {
    if (this.#change === null) return "";
    const { userID, role } = this.#change;
    const key = role !== null && isHost(role) ? "cohost.began" : "cohost.ended";
    if (userID === this.#client.state.me?.user.id) return t(`${key}_you`);
    return t(key, { name: this.#names.of(userID) ?? t("hands.somebody") });
  }
}
