// @ts-check
/** What a host may do with somebody in the class: mute, remove, ban, make co-host, and take it back. */

import { isHost } from "../channel/me.js";
import { make } from "../dom.js";
import { t } from "../i18n.js";
import { menu } from "../menu.js";
import { confirmed } from "../page.js";

/** @typedef {import("../channel/frames.js").Person} Person */
/**
 * @typedef {"moderation.mute" | "moderation.unmute" | "moderation.remove" | "moderation.ban" | "moderation.unban" |
 *           "cohost"} Action  A command.
 */

/** The length of a mute that ends by itself. */
const SHORT_MUTE_S = 300;

/**
 * Whether the page offers it; the hub decides by everybody's standing. Whoever may name co-hosts teaches the course and
 * stands above them. Other moderators may be colleagues of equal standing, or of less: that the hub alone knows.
 *
 * @param {Person} person
 * @param {import("../channel/frames.js").Me | null} me
 */
export function mayModerate(person, me) {
  if (!me || person.id === me.user.id || !me.permissions.includes("moderation.mute")) return false;
  return !isHost(person.role) || (person.role === "moderator" && me.permissions.includes("cohost"));
}

/**
 * @param {Person} person
 * @param {{moderates: boolean, isMuted: boolean, cohost: import("./cohosts.js").Step | null}} offer
 * @param {(action: Action, fields: Record<string, unknown>) => void} act
 */
export function personMenu(person, { moderates, isMuted, cohost }, act) {
  const items = [
    ...(moderates ? muteItems(isMuted, act) : []), ...(cohost ? [cohostItem(person, cohost, act)] : []),
    ...(moderates ? removalItems(person, act) : []),
  ];
  return menu(t("menu.of", { title: person.name }), `person-${person.id}`, items);
}

/**
 * @param {Person} person
 * @param {import("./cohosts.js").Step} step
 * @param {(action: Action, fields: Record<string, unknown>) => void} act
 */
function cohostItem({ name }, step, act) {
  if (step === "end") return { label: t("cohost.end"), choose: () => act("cohost", { on: false }) };
  const choose = async () => {
    const question = { title: t("cohost.name_title", { name }), text: t("cohost.meaning"), yes: t("cohost.name"), isGrave: false };
    if (await confirmed(question)) act("cohost", { on: true });
  };
  return { label: t("cohost.name"), choose };
}

/**
 * @param {boolean} isMuted
 * @param {(action: Action, fields: Record<string, unknown>) => void} act
 */
function muteItems(isMuted, act) {
  if (isMuted) return [{ label: t("moderation.unmute"), choose: () => act("moderation.unmute", {}) }];
  return [
    { label: t("moderation.mute_short"), choose: () => act("moderation.mute", { seconds: SHORT_MUTE_S }) },
    { label: t("moderation.mute"), choose: () => act("moderation.mute", {}) },
  ];
}

/**
 * @param {Person} person
 * @param {(action: Action, fields: Record<string, unknown>) => void} act
 */
function removalItems(person, act) {
  /** @param {"remove" | "ban"} action @param {string} question @param {Record<string, unknown>} [fields] */
  const ask = async (action, question, fields = {}) => {
    const reason = await askForReason(t(question, { name: person.name }), t(`moderation.${action}`));
    if (reason !== null) act(`moderation.${action}`, reason === "" ? fields : { ...fields, reason });
  };
  return [
    { label: t("moderation.remove"), isGrave: true, choose: () => ask("remove", "moderation.remove_title") },
    { label: t("moderation.ban"), isGrave: true, choose: () => ask("ban", "moderation.ban_title") },
    // A guest is of no course.
    ...(person.role === "guest" ? [] : [{
      label: t("moderation.ban_course"), isGrave: true,
      choose: () => ask("ban", "moderation.ban_course_title", { scope: "course" }),
    }]),
  ];
}

/**
 * A question with a field for the reason, which the person and the hosts will read.
 *
 * @param {string} title
 * @param {string} yes
 * @returns {Promise<string | null>} Null when it was given up; empty without a reason.
 */
function askForReason(title, yes) {
  return new Promise((resolve) => {
    const field = make("input", { id: "reason", maxlength: "500", autocomplete: "off" });
    const no = make("button", { type: "button", class: "quiet" }, t("dialog.cancel"));
    const form = make("form", { method: "dialog" },
      make("h2", { id: "reason-heading" }, title),
      make("div", { class: "field" }, make("label", { for: "reason" }, t("moderation.reason")), field),
      make("div", { class: "row end" }, no, make("button", { class: "danger", value: "yes" }, yes)));
    const dialog = make("dialog", { "aria-labelledby": "reason-heading", class: "question" }, form);
    no.addEventListener("click", () => dialog.close(""));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? field.value.trim() : null);
    });
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
  });
}
