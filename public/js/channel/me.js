// @ts-check
/** Who one is in the class, and what one may do there: a role can change while the class goes on. Pure. */

/** The commands that hosts have beside everybody's; the hub decides again at each of them. */
const OF_HOSTS = [
  "chat.delete.any", "chat.announce", "session.start", "session.end", "session.update", "chat.mode", "chat.slow",
  "moderation.mute", "moderation.unmute", "moderation.remove", "moderation.ban", "moderation.unban",
  "hand.next", "question.state", "question.pin", "question.approve", "question.merge", "question.author", "material.add",
  "material.remove", "task.set",
];

/** What only those have who teach the course. Presence does not tell them from co-hosts: a welcome says it. */
const OF_TEACHERS = ["cohost"];

/**
 * The own entry among the people present is newer than what a welcome has said, and permissions follow its role.
 *
 * @param {Map<number, import("./frames.js").Person>} people
 * @param {import("./frames.js").Me} me As it was known until now.
 * @returns {import("./frames.js").Me} The same object when nothing changed.
 */
export function meAmong(people, me) {
  const user = people.get(me.user.id);
  if (!user || (user.name === me.user.name && user.role === me.role)) return me;
  const { role } = user;
  if (isHost(role) === isHost(me.role)) return { ...me, user, role };
  const everybodys = me.permissions.filter((name) => !OF_HOSTS.includes(name) && !OF_TEACHERS.includes(name));
  return { ...me, user, role, permissions: isHost(role) ? [...everybodys, ...OF_HOSTS] : everybodys };
}

/** @param {string} role Participants are no hosts, and neither are guests. */
export function isHost(role) {
  return role === "instructor" || role === "moderator";
}
