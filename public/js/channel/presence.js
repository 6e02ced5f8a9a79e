// @ts-check
/** Who is here: a snapshot, then diffs. Pure. */

/**
 * @typedef {import("./frames.js").Person} Person
 * @typedef {{version: number, count: number, complete: boolean, people: Map<number, Person>, hands: number[]}} Presence
 *   `hands` are the ids of those whose hand is up, in the order of rising.
 */

/** @returns {Presence} */
export function nobody() {
  return { version: -1, count: 0, complete: true, people: new Map(), hands: [] };
}

/**
 * A frame with `people` is a snapshot and replaces everything. A diff that is not newer than what we have is stale
 * (it crossed the welcome) and changes nothing.
 *
 * @param {Presence} presence
 * @param {import("./frames.js").PresenceFrame} frame
 * @returns {Presence} The same object when nothing changed.
 */
export function applyPresence(presence, frame) {
  if (frame.people) {
    const people = new Map(frame.people.map((person) => [person.id, person]));
    return {
      version: frame.version,
      count: frame.count ?? people.size,
      complete: frame.complete ?? true,
      people,
      hands: frame.hands ?? [],
    };
  }
  if (frame.version <= presence.version) return presence;
  const people = new Map(presence.people);
  for (const id of frame.left ?? []) people.delete(id);
  for (const person of [...(frame.joined ?? []), ...(frame.updated ?? [])]) people.set(person.id, person);
  const hands = frame.hands ?? presence.hands;
  return { ...presence, version: frame.version, count: frame.count ?? people.size, people, hands };
}

/**
 * People asked for by page (`presence.list`), added to what the snapshot of a large class left out.
 *
 * @param {Presence} presence
 * @param {Person[]} people
 * @returns {Presence}
 */
export function addListed(presence, people) {
  const merged = new Map(presence.people);
  for (const person of people) merged.set(person.id, person);
  return { ...presence, people: merged };
}

const ORDER = new Map([["instructor", 0], ["moderator", 1]]);

/**
 * Hosts first, then by name.
 *
 * @param {Iterable<Person>} people
 * @param {string} language
 * @returns {Person[]}
 */
export function sortedPeople(people, language) {
  const collator = new Intl.Collator(language, { sensitivity: "base" });
  const rank = (/** @type {Person} */ person) => ORDER.get(person.role) ?? 2;
  return [...people].sort((a, b) => rank(a) - rank(b) || collator.compare(a.name, b.name) || a.id - b.id);
}

const PEOPLE_PAGE = 200;

/**
 * The people of a class, page by page.
 *
 * @param {import("./connection.js").Connection} connection
 */
export async function* listedPages(connection) {
  /** @type {number | undefined} */
  let after;
  for (;;) {
    /** @type {import("./frames.js").Reply<"presence.list">} */
    const page = await connection.request("presence.list", { limit: PEOPLE_PAGE, after });
    yield page.people;
    if (!page.more || page.people.length === 0) return;
    after = page.people[page.people.length - 1].id;
  }
}
