// @ts-check
/** The sentences about who holds a class: co-hosts, substitutes, a teacher who is away; guests. In English. */

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

  "guests.untold": "Guests",
  "guests.title.one": "{count} guest",
  "guests.title.other": "{count} guests",
  "guests.list": "Guests of this class",
  "guests.none": "Nobody from outside is invited to this class.",
  "guests.invite": "Invite a guest",
  "guests.invite_yes": "Make the link",
  "guests.name": "Name",
  "guests.name_hint": "As everybody in the class will read it.",
  "guests.until": "Valid until (optional)",
  "guests.until_hint": "Empty: until six hours after the end.",
  "guests.link_of": "Invitation for {name}",
  "guests.link_advice": "Whoever has this link comes in as this guest, to this class only, and again until it ends. Send it to nobody else.",
  "guests.copy": "Copy the link",
  "guests.copied": "The link is copied.",
  "guests.share": "Share…",
  "guests.share_title": "Invitation to a live class",
  "guests.here": "is here",
  "guests.invited": "has not come yet; link valid until {time}",
  "guests.away": "is not here; link valid until {time}",
  "guests.expired": "link ended {time}",
  "guests.revoked": "was let go",
  "guests.forgotten": "was forgotten",
  "guests.show_link": "Show the link",
  "guests.renew": "Make a new link",
  "guests.renew_title": "Make a new link for {name}?",
  "guests.renew_text": "The old link ends, and whoever came in by it has to come again by the new one.",
  "guests.let_go": "Let go",
  "guests.let_go_title": "Let {name} go?",
  "guests.let_go_text": "The guest leaves the class at once, and the link works no more. What they wrote stays.",
  "guests.forget": "Let go and forget",
  "guests.forget_title": "Let {name} go, and forget them?",
  "guests.forget_text":
    "What they wrote is deleted, and their name is “Guest” everywhere, also in what was before. The record keeps that a guest " +
    "was there, and when. This cannot be undone.",
  "guest.title": "Invitation to a class",
  "guest.over": "This invitation has ended. Ask whoever invited you for another one.",

  "moderation.did_guest_invited": "{time} {by} invited {name} as a guest.",
  "moderation.did_guest_renewed": "{time} {by} made a new link for {name}.",
  "moderation.did_guest_revoked": "{time} {by} let {name} go.",
  "moderation.did_guest_erased": "{time} {by} let a guest go, who was forgotten.",
};
