// @ts-check
/** Guests who were erased: whoever shows their name shows the hub's word for nobody in its place. Pure. */

/** As the hub names them, in what is read later. */
const NAME = "Guest";

/**
 * @typedef {import("./class-state.js").ClassState} ClassState
 *
 * @param {ClassState} state
 * @param {readonly import("./frames.js").ChannelEvent[]} events Just applied.
 * @returns {ClassState} The same object when nobody was erased.
 */
export function withoutNames(state, events) {
  const erased = new Set(events.flatMap((event) => (event.type === "guest.erased" ? [event.user_id] : [])));
  if (erased.size === 0) return state;
  return {
    ...state,
    messages: state.messages.map((message) => unnamed(message, erased)),
    questions: new Map([...state.questions].map(([id, question]) => [id, unnamed(question, erased)])),
  };
}

/**
 * @template {{user: import("./frames.js").Person | null}} Said
 * @param {Said} said
 * @param {Set<number>} erased
 * @returns {Said}
 */
function unnamed(said, erased) {
  const { user } = said;
  return user && erased.has(user.id) ? { ...said, user: { ...user, name: NAME } } : said;
}
