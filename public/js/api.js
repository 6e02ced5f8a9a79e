// @ts-check
/** The hub's REST routes: bearer token, envelope, errors with a code. No DOM. */

import { at } from "./base.js";
import { encoded } from "./channel/well-formed.js";

const ANONYMOUS = null;
const NOTHING_TO_SAY = 204;

/** A refusal by the hub, or `network` when it could not be asked. */
export class ApiError extends Error {
  /** @param {{status: number, code: string, message: string, body?: any, retryAfter?: number}} error */
  constructor({ status, code, message, body = null, retryAfter = 0 }) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    /** @type {any} Everything the hub said, for the few refusals that carry more (`starts_at`). */
    this.body = body;
    /** Seconds after which the same may succeed. */
    this.retryAfter = retryAfter;
  }
}

export class Api {
  #token;
  #language;
  #fetch;
  #refused;

  /**
   * @param {{token?: () => string | null, language: () => string, refused?: (token: string) => void, fetch?: typeof fetch}} options
   *   `refused` is told when the hub does not take the token, whatever was asked with it.
   */
  constructor({ token = () => null, language, refused = () => undefined, fetch = globalThis.fetch.bind(globalThis) }) {
    this.#token = token;
    this.#refused = refused;
    this.#language = language;
    this.#fetch = fetch;
  }

  /** @returns {Promise<any>} `data` of /api/config. */
  config() {
    return this.#data("GET", "/api/config");
  }

  /** @param {string} email @param {string} password @returns {Promise<any>} {token, expires_at, expires_in, user} */
  login(email, password) {
    return this.#data("POST", "/api/auth/login", { email, password }, undefined, ANONYMOUS);
  }

  /** @returns {Promise<any>} A new token for the one of a sign-in. */
  refresh() {
    return this.#data("POST", "/api/auth/refresh", {});
  }

  /**
   * @param {string} password
   * @param {string | undefined} current Not needed after a link for a new password.
   * @returns {Promise<any>} A new token: every older one is refused from now on.
   */
  changePassword(password, current) {
    return this.#data("PUT", "/api/auth/password", { password, current_password: current });
  }

  /** @param {number} courseID @returns {Promise<any[]>} {user, url, expires_at} of every student. */
  signInLinks(courseID) {
    return this.#data("POST", `/api/courses/${courseID}/sign-in-links`, {});
  }

  /** @param {string} code The one-use code of a sign-in link. @returns {Promise<any>} {token, expires_at, user} */
  signInWithLink(code) {
    return this.#data("POST", "/api/auth/sign-in-link", { code }, undefined, ANONYMOUS);
  }

  /** @returns {Promise<any>} {id, email, first_name, last_name, role} */
  me() {
    return this.#data("GET", "/api/auth/me");
  }

  /** @returns {Promise<{upcoming: any[], live: any[], past: any[]}>} */
  studentSessions() {
    return this.#data("GET", "/api/student/live-sessions");
  }

  /** @returns {Promise<any[]>} The newest sessions that this person holds. */
  instructorSessions() {
    return this.#data("GET", "/api/instructor/live-sessions?limit=100");
  }

  /** @returns {Promise<any[]>} The courses that this person gives, helps to give or is a member of. */
  myCourses() {
    return this.#data("GET", "/api/me/courses");
  }

  /** @param {number} courseID @param {Record<string, any>} fields @returns {Promise<any>} */
  createSession(courseID, fields) {
    return this.#data("POST", `/api/courses/${courseID}/live-sessions`, fields);
  }

  /** @param {number} id @returns {Promise<any>} */
  session(id) {
    return this.#data("GET", `/api/live-sessions/${id}`);
  }

  /** @param {number} id @returns {Promise<any>} The session, live again. */
  reopen(id) {
    return this.#data("POST", `/api/live-sessions/${id}/reopen`, {});
  }

  /** @param {number} id @returns {Promise<any>} With the room's secrets and the channel's token. */
  join(id) {
    return this.#data("POST", `/api/live-sessions/${id}/join`, {});
  }

  /**
   * @param {number} id
   * @param {number | null} beforeSeq
   * @param {number} limit
   * @returns {Promise<{messages: any[], more: boolean}>} The newest rows of the chat before that position, ascending.
   */
  chat(id, beforeSeq, limit) {
    const position = beforeSeq === null ? "" : `&before_seq=${beforeSeq}`;
    return this.#data("GET", `/api/live-sessions/${id}/chat?limit=${limit}${position}`);
  }

  /**
   * A list in pages.
   *
   * @param {string} path With its query.
   * @returns {Promise<{data: any[], pagination: {page: number, limit: number, total: number, pages: number}}>}
   */
  list(path) {
    return this.#answer("GET", path);
  }

  /**
   * Any other route of the Directory: `data` of the answer.
   *
   * @param {"GET" | "POST" | "PUT" | "DELETE"} method
   * @param {string} path
   * @param {any} [body]
   * @returns {Promise<any>}
   */
  send(method, path, body) {
    return this.#data(method, path, body);
  }

  /** @param {string} path Of what is no JSON. @returns {Promise<Blob>} */
  async file(path) {
    const token = this.#token();
    const response = await this.#response("GET", path, undefined, undefined, token);
    if (!response.ok) throw this.#refusal(response, await response.json().catch(() => null), token);
    return response.blob();
  }

  /**
   * @param {Blob} file
   * @param {string} type "text/csv", perhaps with its charset, or "application/x-ndjson".
   * @param {boolean} isTrial Changes nothing, and tells every fault.
   * @returns {Promise<any>}
   */
  importDirectory(file, type, isTrial) {
    return this.#data("POST", `/api/directory/import${isTrial ? "?dry_run=true" : ""}`, file, type);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {any} [body]
   * @param {string} [type] The body is sent as it is; without, it is JSON.
   * @param {string | null} [token]
   */
  async #data(method, path, body, type, token) {
    return (await this.#answer(method, path, body, type, token)).data;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {any} [body]
   * @param {string} [type]
   * @param {string | null} [token] Null for what is asked in nobody's name.
   * @returns {Promise<any>} The whole envelope.
   */
  async #answer(method, path, body, type, token = this.#token()) {
    const response = await this.#response(method, path, body, type, token);
    if (response.status === NOTHING_TO_SAY) return { data: null };
    const answer = await response.json().catch(() => null);
    if (response.ok && answer?.success) return answer;
    throw this.#refusal(response, answer, token);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {any} body
   * @param {string | undefined} type
   * @param {string | null} token
   */
  async #response(method, path, body, type, token) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json", "Accept-Language": this.#language() };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = type ?? "application/json";
    try {
      const content = body === undefined || type ? body : encoded(body);
      return await this.#fetch(at(path), { method, headers, body: content });
    } catch (error) {
      throw new ApiError({ status: 0, code: "network", message: String(error) });
    }
  }

  /**
   * @param {Response} response
   * @param {any} answer
   * @param {string | null} token That it was asked with.
   */
  #refusal(response, answer, token) {
    if (response.status === 401 && token !== null) this.#refused(token);
    return new ApiError({
      status: response.status,
      code: answer?.code ?? "internal",
      message: answer?.message ?? response.statusText,
      body: answer,
      retryAfter: Number(response.headers.get("Retry-After") ?? 0),
    });
  }
}
