// @ts-check
/** What hosts have put up for a class: materials to open, and the task of now. A welcome says all of it. Pure. */

/**
 * @typedef {import("./frames.js").MaterialRow} Material
 * @typedef {import("./frames.js").MaterialEvent} MaterialEvent
 * @typedef {{list: readonly Material[], task: string | null}} Materials
 *   `list` is in the order in which they were added; a null `task` is none. Replaced, never changed in place.
 */

/** @returns {Materials} */
export function noMaterials() {
  return { list: [], task: null };
}

/**
 * @param {import("./frames.js").Welcome} welcome
 * @returns {Materials}
 */
export function ofWelcome({ materials = [], task = null }) {
  return { list: materials, task };
}

/**
 * The next event of the stream; one that the welcome contains already must not be given.
 *
 * @param {Materials} materials
 * @param {MaterialEvent} event
 * @returns {Materials} The same object when nothing changed.
 */
export function applyToMaterials(materials, event) {
  switch (event.type) {
    case "material.added": {
      const { id, title, url } = event;
      // One that was removed since: the event of that follows.
      if (title === undefined || url === undefined) return materials;
      return { ...materials, list: [...materials.list, { id, title, url }] };
    }
    case "material.removed": {
      const list = materials.list.filter(({ id }) => id !== event.id);
      return list.length === materials.list.length ? materials : { ...materials, list };
    }
    case "task.set":
      // One that was replaced has no text: the event of the next one follows.
      return event.text === undefined ? materials : { ...materials, task: event.text };
  }
}

/** @param {import("./frames.js").ChannelEvent} event @returns {event is MaterialEvent} */
export function isAboutMaterials(event) {
  return ["material.added", "material.removed", "task.set"].includes(event.type);
}
