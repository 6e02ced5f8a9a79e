// @ts-check
/**
 * What the browser keeps for the pages, in the tab or on the device. Where that is forbidden or full, the page goes on
 * with what it would have kept, as long as it stands.
 */

/** About what a sign-in takes. */
const ENOUGH = "x".repeat(4096);

class KeptValues {
  #storage;
  /** @type {Map<string, {text: string, over: string | null}>} What could not be kept, and what stood there instead. */
  #unkept = new Map();

  /** @param {() => Storage} storage Throws where site data is blocked. */
  constructor(storage) {
    this.#storage = storage;
  }

  /** @param {string} key @returns {string | null} */
  get(key) {
    const kept = this.#try((storage) => storage.getItem(key)) ?? null;
    const unkept = this.#unkept.get(key);
    // What another tab has kept since then is newer.
    return unkept && unkept.over === kept ? unkept.text : kept;
  }

  /** @param {string} key @returns {any} Null for what is no JSON. */
  json(key) {
    try {
      return JSON.parse(this.get(key) ?? "null");
    } catch {
      return null;
    }
  }

  /** @param {string} key @param {string} text @returns {boolean} Whether it is there for the next page as well. */
  set(key, text) {
    this.#unkept.delete(key);
    const isKept = this.#try((storage) => storage.setItem(key, text)) !== null;
    if (!isKept) this.#unkept.set(key, { text, over: this.get(key) });
    return isKept;
  }

  /** @param {string} key */
  remove(key) {
    this.#unkept.delete(key);
    this.#try((storage) => storage.removeItem(key));
  }

  clear() {
    this.#unkept.clear();
    this.#try((storage) => storage.clear());
  }

  /** Whether there is room for a sign-in: asked before something is used up for one. */
  hasRoom() {
    const key = "amphi.room";
    const isKept = this.set(key, ENOUGH);
    this.remove(key);
    return isKept;
  }

  /**
   * @template Answer
   * @param {(storage: Storage) => Answer} use
   * @returns {Answer | null} Null when the browser does not let us.
   */
  #try(use) {
    try {
      return use(this.#storage());
    } catch {
      return null;
    }
  }
}

export const inTab = new KeptValues(() => sessionStorage);
export const onDevice = new KeptValues(() => localStorage);
