// @ts-check
/** The questions that the channel's welcome leaves out, read over REST page by page. */

import { isHost } from "../channel/me.js";
import { api } from "../page.js";
import { saveFile } from "../saved-file.js";

/** @typedef {import("./question-lists.js").Sort} Sort */

const PAGE = 100;
/** So many pages are looked through for a question that the channel has told only a part of. */
const MOST_PAGES = 20;

export class QuestionPages {
  #client;
  #path;
  /** @type {Map<Sort, {next: number, more: boolean}>} How far each order was read. */
  #read = new Map();
  /** @type {string | null} The journal that was read of, and as whom. */
  #reader = null;
  #isReading = false;

  /** @param {import("../amphi-client.js").AmphiClient} client @param {number} sessionID */
  constructor(client, sessionID) {
    this.#client = client;
    this.#path = `/api/live-sessions/${sessionID}/questions`;
  }

  /**
   * Whoever sees more or less than before, or another journal, has everything to read again.
   *
   * @returns {boolean} Whether that is so.
   */
  isOutdated() {
    const { epoch, me } = this.#client.state;
    const reader = JSON.stringify([epoch, me !== null && isHost(me.role)]);
    const [before, isFirst] = [this.#reader, this.#reader === null];
    this.#reader = reader;
    if (before === reader || isFirst) return false;
    this.#read.clear();
    return true;
  }

  /** @param {Sort} sort */
  wasRead(sort) {
    return this.#read.has(sort);
  }

  /** @param {Sort} sort Whether there is more to read in this order. */
  hasMore(sort) {
    const done = [...this.#read.values()].some(({ more }) => !more);
    return !done && this.#read.get(sort)?.more !== false;
  }

  get isReading() {
    return this.#isReading;
  }

  /**
   * Reads the next page.
   *
   * @param {Sort} sort
   */
  async more(sort) {
    if (this.#isReading || !this.hasMore(sort)) return;
    this.#isReading = true;
    try {
      await this.#page(sort);
    } finally {
      this.#isReading = false;
    }
  }

  /**
   * Reads pages from the first one on until nothing is missing.
   *
   * @param {() => boolean} isMissing
   */
  async until(isMissing) {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      this.#read.delete("top");
      for (let left = MOST_PAGES; left > 0 && isMissing(); left -= 1) if (!(await this.#page("top"))) return;
    } finally {
      this.#isReading = false;
    }
  }

  /** The file for a spreadsheet, with every question and its answers. */
  async download() {
    await saveFile(`${this.#path}.csv`, "questions.csv");
  }

  /** @param {Sort} sort @returns {Promise<boolean>} Whether there is more. */
  async #page(sort) {
    const page = this.#read.get(sort)?.next ?? 1;
    const before = this.#client.state;
    const reader = this.#reader;
    const { data, pagination } = await api.list(`${this.#path}?sort=${sort}&page=${page}&limit=${PAGE}`);
    // What was read as somebody else, or of another journal, is not for now.
    if (reader !== this.#reader) return false;
    this.#client.adoptQuestions(data, before);
    const more = data.length > 0 && page < pagination.pages;
    this.#read.set(sort, { next: page + 1, more });
    return more;
  }
}
