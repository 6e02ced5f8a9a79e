// @ts-check
/** Names a substitute: somebody who is here becomes co-host in one step; for administrators anybody who teaches here. */

import { personByEmail } from "../admin/person-by-email.js";
import { sortedPeople } from "../channel/presence.js";
import { make } from "../dom.js";
import { language, t } from "../i18n.js";
import { refusalText } from "../page.js";

/** So many names are shown at once; whoever is not among them is found by typing. */
const MOST_SHOWN = 20;

/**
 * @param {import("../amphi-client.js").AmphiClient} client
 * @param {boolean} mayLookUp Whether this person may look up others by their e-mail address.
 */
export function askForSubstitute(client, mayLookUp) {
  const search = make("input", { id: "substitute-search", type: "search", autocomplete: "off", oninput: () => draw() });
  const list = make("div", { class: "choices", role: "radiogroup", "aria-labelledby": "substitute-heading" });
  const found = make("p", { class: "muted", role: "status" });
  const problem = make("p", { class: "notice bad", role: "alert", hidden: true });
  const no = make("button", { type: "button", class: "quiet" }, t("dialog.cancel"));
  const yes = make("button", { type: "submit" }, t("cohost.name"));
  const form = make("form", {},
    make("h2", { id: "substitute-heading" }, t("cohost.substitute")), make("p", {}, t("cohost.meaning")),
    make("div", { class: "field" },
      make("label", { for: "substitute-search" }, t(mayLookUp ? "cohost.search_or_email" : "cohost.search")), search),
    list, found, problem, make("div", { class: "row end" }, no, yes));
  const dialog = make("dialog", { "aria-labelledby": "substitute-heading", class: "question" }, form);

  const draw = () => {
    const wanted = folded(search.value.trim());
    const people = sortedPeople(client.state.presence.people.values(), language())
      .filter(({ name, role }) => role === "participant" && folded(name).includes(wanted));
    const chosen = chosenID(form);
    list.replaceChildren(...people.slice(0, MOST_SHOWN).map(({ id, name }) => {
      const choice = make("input", { type: "radio", name: "substitute", value: String(id) });
      choice.checked = id === chosen;
      return make("label", { class: "check choice" }, choice, make("span", { dir: "auto" }, name));
    }));
    found.textContent = people.length > MOST_SHOWN ? t("people.some", { shown: MOST_SHOWN, total: people.length })
      : people.length === 0 ? t("cohost.nobody") : "";
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = yes.disabled = true;
    try {
      const email = search.value.trim();
      const id = chosenID(form) ?? (mayLookUp && email.includes("@") ? (await personByEmail(email)).id : null);
      if (id === null) throw new Error(t("cohost.choose"));
      await client.request("cohost", { user_id: id, on: true });
      dialog.close();
    } catch (error) {
      problem.textContent = refusalText(error);
      problem.hidden = false;
    } finally {
      yes.disabled = false;
    }
  });
  no.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  draw();
  document.body.append(dialog);
  dialog.showModal();
  // A large class tells its people only when it is asked.
  if (!client.state.presence.complete) client.loadPeople().then(draw, () => undefined);
}

/** @param {HTMLFormElement} form */
function chosenID(form) {
  const chosen = new FormData(form).get("substitute");
  return chosen === null ? null : Number(chosen);
}

/** @param {string} text Without accents and capitals. */
function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}
