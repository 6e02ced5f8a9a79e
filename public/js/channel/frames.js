// @ts-check
/** What the frames of `amphi.v1` hold, as types (Protocol.md is the contract). Nothing here runs. */

export {};

/**
 * @typedef {{id: number, name: string, role: string}} Person
 * @typedef {{until: string | null}} Mute  `until` is null until a host takes it back.
 * @typedef {{user: Person, role: string, permissions: string[], muted?: Mute | null}} Me
 *   `role` is `instructor`, `moderator`, `participant` or `guest`; `permissions` are the commands that this person may use.
 * @typedef {{muted: {user_id: number, until: string | null}[], banned: number[]}} Moderation  What hosts see.
 *
 * @typedef {{id: number, course_id: number, instructor_id: number, title: string, description: string | null,
 *            thumbnail_url: string | null, scheduled_start_at: string, scheduled_end_at: string,
 *            actual_start_at: string | null, actual_end_at: string | null, jitsi_server_url: string,
 *            max_participants: number, is_recording_enabled: boolean, recording_url: string | null,
 *            is_chat_enabled: boolean, chat_mode?: "open" | "questions" | "locked",
 *            slow_mode_seconds?: number, questions_need_approval?: boolean,
 *            is_anonymous_allowed?: boolean, status: string, ended_by: string | null, ending_at: string | null,
 *            created_at: string, updated_at: string, course_title: string, instructor_first_name: string,
 *            instructor_last_name: string, course: {id: number, title: string},
 *            instructor: {id: number, first_name: string, last_name: string, avatar: string | null}}} LiveSession
 *
 * @typedef {import("./questions.js").QuestionState} QuestionState
 * @typedef {{id: number, seq: number, at: string, user: Person | null, text: string, state: QuestionState, votes: number,
 *            voted: boolean, pinned: boolean, own?: boolean, how?: "live" | "written", anonymous?: boolean, private?: boolean,
 *            merged_into?: number}} QuestionRow
 *
 * @typedef {{id: number, title: string, url: string}} MaterialRow
 *
 * @typedef {{version: number, count?: number, complete?: boolean, people?: Person[],
 *            joined?: Person[], left?: number[], updated?: Person[], hands?: number[]}} PresenceFrame
 * @typedef {Partial<Record<"clap" | "thumbs_up" | "heart" | "laugh" | "surprised" | "thinking", number>>} Reactions
 * @typedef {{history?: number, ping_ms?: number, text_characters?: number, [name: string]: unknown}} Limits
 */

/**
 * Every event has its place and its kind; `at` is the moment at which it was stored.
 *
 * @typedef {{seq: number, type: "chat.message", at: string, user: Person | null, id: number, kind: string,
 *            text?: string, client_id?: string | null, reply_to?: number | null, anonymous?: boolean,
 *            private?: boolean, state?: QuestionState, deleted?: boolean}} MessageEvent
 * @typedef {{seq: number, type: "chat.deleted", at: string, id: number, message_seq: number, by?: Person}} DeletedEvent
 * @typedef {{seq: number, type: "question.published", at: string, user: Person | null, id: number, message_seq: number,
 *            asked_at: string, text?: string, anonymous?: boolean, deleted?: boolean}} PublishedEvent
 * @typedef {{seq: number, type: "question.updated", at: string, id: number, message_seq: number, state?: QuestionState,
 *            how?: "live" | "written", pinned?: boolean, merged_into?: number, votes?: number,
 *            by?: Person}} QuestionUpdatedEvent
 * @typedef {{seq: number, type: "hand.called", at: string, user_id: number, by?: Person}} CalledEvent
 * @typedef {{seq: number, type: "role.changed", at: string, user_id: number, role: string | null, by?: Person}} RoleEvent
 * @typedef {{seq: number, type: "guest.erased", at: string, user_id: number, by?: Person}} ErasedEvent
 * @typedef {{seq: number, type: "session.started", at: string, actual_start_at: string, by?: Person}} StartedEvent
 * @typedef {{seq: number, type: "session.updated", at: string, changes: Partial<LiveSession>,
 *            by?: Person}} UpdatedEvent
 * @typedef {{seq: number, type: "session.ending", at: string, ends_at: string | null}} EndingEvent
 * @typedef {{seq: number, type: "session.ended", at: string, actual_end_at: string, ended_by: string,
 *            recording_url?: string | null, by?: Person}} EndedEvent
 * @typedef {{seq: number, type: "session.reopened" | "session.cancelled", at: string, by?: Person}} StatusEvent
 * @typedef {{seq: number, type: "moderation.updated", at: string, action: "mute" | "unmute" | "remove" | "ban" | "unban",
 *            user_id: number, until?: string, scope?: "session" | "course", reason?: string,
 *            by?: Person}} ModerationEvent
 * @typedef {{seq: number, type: "material.added", at: string, id: number, title?: string, url?: string, removed?: boolean,
 *            by?: Person}} MaterialAddedEvent
 * @typedef {{seq: number, type: "material.removed", at: string, id: number, by?: Person}} MaterialRemovedEvent
 * @typedef {{seq: number, type: "task.set", at: string, text?: string | null, replaced?: boolean, by?: Person}} TaskEvent
 * @typedef {{seq: number, type: "withheld"}} WithheldEvent
 * @typedef {StartedEvent | UpdatedEvent | EndingEvent | EndedEvent | StatusEvent} SessionEvent
 * @typedef {MessageEvent | DeletedEvent | PublishedEvent | QuestionUpdatedEvent} QuestionEvent
 * @typedef {MaterialAddedEvent | MaterialRemovedEvent | TaskEvent} MaterialEvent
 * @typedef {QuestionEvent | MaterialEvent | CalledEvent | SessionEvent | RoleEvent | ErasedEvent | ModerationEvent |
 *            WithheldEvent} ChannelEvent
 */

/**
 * @typedef {{type: "welcome", session: LiveSession, me: Me, seq: number, epoch: string, resumed?: boolean,
 *            events?: ChannelEvent[], presence?: PresenceFrame, server_time: string, limits?: Limits,
 *            moderation?: Moderation, questions?: QuestionRow[], materials?: MaterialRow[], task?: string | null}} Welcome
 * @typedef {{code: string, message?: string, retry_after_ms?: number, field?: string}} ReplyError
 * @typedef {{code?: number, reason?: string, reconnect?: boolean, after_ms?: number}} Bye
 * @typedef {{seq: number, events: ChannelEvent[]}} EventsFrame
 * @typedef {{ref: number | null, ok?: unknown, error?: ReplyError}} ReplyFrame
 * @typedef {Partial<ReplyFrame & EventsFrame> & {bye?: Bye, presence?: PresenceFrame, typing?: number[],
 *            reactions?: Reactions, votes?: Record<string, number>, degraded?: {on?: boolean} | null,
 *            token_expiring?: {in_ms: number}}} Frame  Anything that the hub sends.
 */

/**
 * What stands in `ok` of the reply to each command.
 *
 * @typedef {Record<string, unknown>} Fields
 * @typedef {{seq: number}} Stored
 * @typedef {Stored & {id: number, duplicate?: boolean}} Posted
 * @typedef {{"hello": Welcome, "chat.post": Posted, "chat.announce": Posted, "chat.delete": Stored,
 *            "session.start": Stored, "session.end": Stored, "session.update": Stored, "chat.mode": Stored, "chat.slow": Stored,
 *            "moderation.mute": Stored, "moderation.unmute": Stored, "moderation.remove": Stored,
 *            "moderation.ban": Stored, "moderation.unban": Stored, "typing": {},
 *            "cohost": Stored, "hand": {}, "hand.next": {user_id: number | null}, "reaction": {},
 *            "question.vote": {votes: number}, "question.state": Stored, "question.pin": Stored,
 *            "question.approve": Stored, "question.merge": Stored, "question.author": {user: Person},
 *            "material.add": Posted, "material.remove": Stored, "task.set": Stored,
 *            "history": {events: ChannelEvent[], more: boolean},
 *            "presence.list": {people: Person[], more: boolean, version: number},
 *            "token.refresh": {expires_at: string}, "ping": {server_time: string}}} Replies
 */

/**
 * The reply to a command that this client has never heard of is just an object.
 *
 * @template {string} Type
 * @typedef {Type extends keyof Replies ? Replies[Type] : Fields} Reply
 */
