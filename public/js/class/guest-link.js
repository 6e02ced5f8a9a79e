// @ts-check
/** The link of a guest, to copy or to hand to another program of the device. */

import { button, copyText, make } from "../dom.js";
import { dayAndTime } from "../format.js";
import { t } from "../i18n.js";

/** @param {{name: string, link: string, expires_at: string}} invitation */
export function showGuestLink({ name, link, expires_at }) {
  const done = make("p", { class: "muted", role: "status" });
  const copy = async () => {
    await copyText(link);
    done.textContent = t("guests.copied");
  };
  const share = () => navigator.share({ title: t("guests.share_title"), url: link }).catch(() => undefined);
  /** @type {HTMLDialogElement} */
  const dialog = make("dialog", { class: "link-dialog", "aria-labelledby": "link-title" },
    make("h2", { id: "link-title" }, t("guests.link_of", { name })),
    make("p", {}, t("guests.link_advice")),
    make("p", {}, make("code", {}, link)),
    make("p", { class: "muted" }, t("admin.link_until", { time: dayAndTime(expires_at) })),
    done,
    make("div", { class: "row end" },
      button(t("guests.copy"), "", copy),
      "share" in navigator ? button(t("guests.share"), "quiet", share) : null,
      button(t("admin.close"), "quiet", () => dialog.close())));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
