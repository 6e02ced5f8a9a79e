// @ts-check
/** Puts the items of a list in order without moving the one that has the focus: what is moved in a page loses it. */

/**
 * @param {HTMLElement} list
 * @param {HTMLElement[]} items All that it shows, in their order.
 */
export function arrange(list, items) {
  const wanted = new Set(items);
  for (const child of [...list.children]) if (!wanted.has(/** @type {HTMLElement} */ (child))) child.remove();
  if (items.length === 0) return;
  const focused = items.findIndex((item) => item.parentElement === list && item.contains(document.activeElement));
  const fixed = Math.max(focused, 0);
  if (items[fixed].parentElement !== list) list.prepend(items[fixed]);
  for (let at = fixed - 1; at >= 0; at -= 1) {
    if (items[at + 1].previousElementSibling !== items[at]) items[at + 1].before(items[at]);
  }
  for (let at = fixed + 1; at < items.length; at += 1) {
    if (items[at - 1].nextElementSibling !== items[at]) items[at - 1].after(items[at]);
  }
}
