// @ts-check
/** A button with a menu: arrow keys, Home and End walk through it, Escape and a press elsewhere close it. */

import { make } from "./dom.js";

/**
 * @typedef {{label: string, isGrave?: boolean, choose: () => void}} MenuItem  `isGrave`: cannot be taken back.
 *
 * @param {string} label What the button is for, for those who do not see it.
 * @param {string} id Of the button.
 * @param {MenuItem[]} items
 * @returns {HTMLElement}
 */
export function menu(label, id, items) {
  const opener = make("button", {
    type: "button", class: "quiet", id, "aria-label": label, "aria-haspopup": "menu", "aria-expanded": "false",
  }, "⋯");
  const list = make("div", { role: "menu", class: "menu-items", "aria-labelledby": id, hidden: true });
  const element = make("div", { class: "menu" }, opener, list);
  const buttons = items.map(({ label: text, isGrave, choose }) => make("button", {
    type: "button", role: "menuitem", tabindex: "-1", class: isGrave ? "grave" : null,
    onclick: () => {
      close(true);
      choose();
    },
  }, text));
  list.append(...buttons);

  /** @param {number} at */
  const open = (at) => {
    list.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    buttons.at(at)?.focus();
  };
  /** @param {boolean} returns Whether the focus goes back to the button. */
  const close = (returns) => {
    list.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    if (returns) opener.focus();
  };
  opener.addEventListener("click", () => (list.hidden ? open(0) : close(true)));
  opener.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    open(event.key === "ArrowDown" ? 0 : -1);
  });
  list.addEventListener("keydown", (event) => {
    const at = buttons.findIndex((button) => button === document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Escape") close(true);
    else if (next !== undefined) buttons.at(next % buttons.length)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  element.addEventListener("focusout", (event) => {
    if (!(event.relatedTarget instanceof Node && element.contains(event.relatedTarget))) close(false);
  });
  return element;
}
