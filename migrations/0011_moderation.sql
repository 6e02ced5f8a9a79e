-- Moderation: how a class may talk, what hosts have imposed on somebody, and who did what.

ALTER TABLE live_sessions ADD COLUMN chat_mode TEXT NOT NULL DEFAULT 'open'
    CHECK (chat_mode IN ('open', 'questions', 'locked'));
-- So long a member waits between two posts; 0: no wait.
ALTER TABLE live_sessions ADD COLUMN slow_mode_seconds BIGINT NOT NULL DEFAULT 0
    CHECK (slow_mode_seconds BETWEEN 0 AND 600);

-- Of one person in one class, by the class's own time. muted_until NULL of somebody muted: until a host unmutes.
-- removed_at: until the person comes in again.
CREATE TABLE live_session_sanctions (
    session_id BIGINT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    is_muted BIGINT NOT NULL DEFAULT 0 CHECK (is_muted IN (0, 1)),
    muted_until BIGINT,
    removed_at BIGINT,
    banned_at BIGINT,
    PRIMARY KEY (session_id, user_id)
) WITHOUT ROWID;
CREATE INDEX live_session_sanctions_by_user ON live_session_sanctions (user_id);

-- Whoever is banned from all classes of a course.
CREATE TABLE course_bans (
    course_id BIGINT NOT NULL REFERENCES courses (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    banned_at BIGINT NOT NULL,
    PRIMARY KEY (course_id, user_id)
) WITHOUT ROWID;
CREATE INDEX course_bans_by_user ON course_bans (user_id);

-- Every act of a host, for the hosts. user_id NULL: a service of the platform. seq is that of the event which tells it.
-- target_id and message_id: whom or what it was about; of an anonymous question only the message.
CREATE TABLE moderation_acts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id BIGINT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    action TEXT NOT NULL,
    user_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
    target_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
    message_id BIGINT,
    scope TEXT CHECK (scope IN ('session', 'course')),
    until BIGINT,
    value TEXT,
    reason TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX moderation_acts_by_session ON moderation_acts (session_id, seq);
CREATE INDEX moderation_acts_by_user ON moderation_acts (user_id);
CREATE INDEX moderation_acts_by_target ON moderation_acts (target_id);
