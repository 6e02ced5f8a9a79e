// @ts-check
/** The sentences about who holds a class: co-hosts, substitutes, a teacher who is away. In English. */

/** @type {Record<string, string>} */
export const enHosts = {
  "cohost.name": "Make co-host",
  "cohost.name_title": "Make {name} co-host of this class?",
  "cohost.meaning":
    "In this class a co-host may do what you may: start and end it, announce, approve and answer, mute, remove and ban. " +
    "A co-host names no others. It can be taken back at any time.",
  "cohost.end": "End co-host",
  "cohost.substitute": "Name a substitute",
  "cohost.search": "Name",
  "cohost.search_or_email": "Name, or the e-mail address of somebody who teaches here",
  "cohost.nobody": "Nobody here has this name.",
  "cohost.choose": "Choose somebody first.",
  "cohost.began": "{name} is co-host of this class now.",
  "cohost.began_you": "You are co-host of this class now: you may start and end it, announce, approve, answer and moderate.",
  "cohost.ended": "{name} is no longer co-host.",
  "cohost.ended_you": "You are no longer co-host of this class.",

  "absent.nobody": "The teacher is not connected at the moment, and may be on the way back. The class goes on: stay here.",
  "absent.teacher": "{name} is not connected at the moment. You hold the class meanwhile.",
  "absent.back": "The class has its teacher again.",

  "moderation.did_cohost_on": "{time} {by} made {name} co-host.",
  "moderation.did_cohost_off": "{time} {by} ended that {name} is co-host.",
};
