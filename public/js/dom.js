// @ts-check
/** Making elements. Everything shown is text: nothing here, or anywhere else, parses markup from data. */

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
 * @param {any} url
 * @returns {url is string}
 */
export function isWeb(url) {
  return typeof url === "string" && /^https?:\/\//i.test(url);
}

/**
 * Text with its web addresses as links.
 *
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function linked(text) {
  const parts = text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]'])/g);
  return parts.map((part, index) => (index % 2 === 1 ? outsideLink(part, "", part) : part));
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
