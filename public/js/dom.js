// @ts-check
/** Making elements. Everything shown is text: nothing here, or anywhere else, parses markup from data. */

import { textParts } from "./links.js";

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byID(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element #${id}`);
  return element;
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean | null | undefined | ((event: any) => void)>} [attributes]
 *   `on…` functions become listeners; false, null and undefined leave the attribute out.
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  for (const child of children) if (child !== null && child !== undefined) element.append(child);
  return element;
}

/**
 * @param {string} label
 * @param {string} look Its classes.
 * @param {() => void} press
 * @param {Record<string, string>} [attributes]
 */
export function button(label, look, press, attributes = {}) {
  return make("button", { type: "button", class: look, onclick: press, ...attributes }, label);
}

/**
 * A link that opens in a tab of its own, and tells the other site nothing.
 *
 * @param {string} url Only `http` and `https` are opened: never `javascript:`.
 * @param {string} look Its classes.
 * @param {...(Node | string)} children
 */
export function outsideLink(url, look, ...children) {
  const href = isWeb(url) ? url : null;
  return make("a", { class: look || null, href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...children);
}

/**
 * Says something in a live region, but not again what stands there already.
 *
 * @param {Element} element
 * @param {string} text Empty: nothing is shown.
 */
export function showNotice(element, text) {
  setText(element, text);
  element.toggleAttribute("hidden", text === "");
}

/**
 * @param {any} url
 * @returns {url is string}
 */
export function isWeb(url) {
  return typeof url === "string" && /^https?:\/\//i.test(url);
}

/**
 * Where an address leads that the hub has taken for a page: to the web, or to a path of this origin.
 *
 * @param {any} address
 * @returns {string | null} Null for whatever else it may be.
 */
export function webAddress(address) {
  if (isWeb(address)) return address;
  if (typeof address !== "string" || !address.startsWith("/")) return null;
  try {
    // Browsers read "//host" and "/\host" as another host.
    const url = new URL(address, location.origin);
    return url.origin === location.origin ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * Text with its web addresses as links. Each stands for itself from left to right, whatever the writing around it.
 *
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function linked(text) {
  return textParts(text).map(({ href, shown }) => {
    if (href === null) return shown;
    const link = outsideLink(href, "", shown);
    link.dir = "ltr";
    return link;
  });
}

/**
 * Puts a text on the clipboard.
 *
 * @param {string} text
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https there is no clipboard: the old way is to copy what is selected.
    const focused = document.activeElement;
    const field = make("textarea", { class: "hidden-text", "aria-hidden": "true" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}

/**
 * Calls `render` once in the next frame, however often it was asked for. A hidden page gets no frames: there it waits.
 *
 * @param {() => void} render
 * @returns {() => void}
 */
export function oncePerFrame(render) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      render();
    });
  };
}

/**
 * Sets the text only if it differs, so that a live region does not speak twice.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
