-- The hub's tables. Times are BIGINT milliseconds UTC; ids are never reused (AUTOINCREMENT where the hub makes them).
-- Queries stay in the subset that SQLite and PostgreSQL share; this DDL is SQLite's own.

-- Facts about this database itself: epoch (random; a restored copy gets a new one).
CREATE TABLE hub (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- The Directory: what the learning platform owns and Amphi mirrors.
-- name_at: when the names and the role were last set (milliseconds); a token changes them only when its iat is newer.
-- tokens_after: tokens issued before this moment are refused.
CREATE TABLE users (
    id BIGINT PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    role TEXT NOT NULL DEFAULT 'student' CHECK (role IN ('student', 'instructor', 'admin')),
    avatar TEXT,
    password_hash TEXT,
    name_at BIGINT NOT NULL,
    tokens_after BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE courses (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    description TEXT,
    instructor_id BIGINT NOT NULL REFERENCES users (id),
    course_type TEXT NOT NULL DEFAULT 'live' CHECK (course_type IN ('live', 'on_demand')),
    max_students BIGINT CHECK (max_students > 0),
    enrollment_deadline BIGINT,
    course_start_date BIGINT,
    course_end_date BIGINT,
    time_zone TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX courses_by_instructor ON courses (instructor_id);

CREATE TABLE course_instructors (
    course_id BIGINT NOT NULL REFERENCES courses (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (course_id, user_id)
);
CREATE INDEX course_instructors_by_user ON course_instructors (user_id);

CREATE TABLE enrollments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    course_id BIGINT NOT NULL REFERENCES courses (id) ON DELETE CASCADE,
    status TEXT NOT NULL DEFAULT 'enrolled' CHECK (status IN ('enrolled', 'in_progress', 'completed', 'certified')),
    is_active BIGINT NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (course_id, user_id)
);
CREATE INDEX enrollments_by_user ON enrollments (user_id);

-- One-use codes of sign-in links; only their SHA-256 is stored.
CREATE TABLE sign_in_codes (
    code_hash TEXT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);

-- head_seq: the newest seq of this session's journal. deleted_at: hidden, kept for its attendance.
CREATE TABLE live_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    course_id BIGINT NOT NULL REFERENCES courses (id),
    instructor_id BIGINT NOT NULL REFERENCES users (id),
    title TEXT NOT NULL,
    description TEXT,
    thumbnail_url TEXT,
    scheduled_start_at BIGINT NOT NULL,
    scheduled_end_at BIGINT NOT NULL CHECK (scheduled_end_at > scheduled_start_at),
    actual_start_at BIGINT,
    actual_end_at BIGINT,
    jitsi_room_name TEXT NOT NULL UNIQUE,
    jitsi_server_url TEXT NOT NULL,
    jitsi_room_password TEXT NOT NULL,
    max_participants BIGINT NOT NULL DEFAULT 50 CHECK (max_participants >= 1),
    is_recording_enabled BIGINT NOT NULL DEFAULT 0 CHECK (is_recording_enabled IN (0, 1)),
    recording_url TEXT,
    is_chat_enabled BIGINT NOT NULL DEFAULT 1 CHECK (is_chat_enabled IN (0, 1)),
    status TEXT NOT NULL DEFAULT 'scheduled' CHECK (status IN ('scheduled', 'live', 'ended', 'cancelled')),
    ended_by TEXT,
    head_seq BIGINT NOT NULL DEFAULT 0,
    seated_count BIGINT NOT NULL DEFAULT 0,
    deleted_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX live_sessions_by_course ON live_sessions (course_id, scheduled_start_at);
CREATE INDEX live_sessions_by_instructor ON live_sessions (instructor_id, scheduled_start_at);
CREATE INDEX live_sessions_by_start ON live_sessions (scheduled_start_at);

-- Who was ever let in. seat: holds a place now, by the channel (its grace included) or by a join over REST.
-- role is what the person was at admission, or 'moderator' for a co-host named for this session (is_cohost).
CREATE TABLE live_session_participants (
    session_id BIGINT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id),
    enrollment_id BIGINT,
    role TEXT NOT NULL CHECK (role IN ('instructor', 'moderator', 'participant')),
    is_cohost BIGINT NOT NULL DEFAULT 0 CHECK (is_cohost IN (0, 1)),
    seat TEXT CHECK (seat IN ('channel', 'rest')),
    first_joined_at BIGINT NOT NULL,
    PRIMARY KEY (session_id, user_id)
);
CREATE INDEX live_session_participants_seated ON live_session_participants (session_id, user_id) WHERE seat IS NOT NULL;
CREATE INDEX live_session_participants_by_user ON live_session_participants (user_id);

-- live_sessions.seated_count: participants who hold a seat, hosts not counted. Kept by triggers, so that no statement can
-- forget it, and an arrival need not count a class of thousands.
CREATE TRIGGER live_session_participants_seat_inserted AFTER INSERT ON live_session_participants
WHEN NEW.seat IS NOT NULL AND NEW.role = 'participant'
BEGIN
    UPDATE live_sessions SET seated_count = seated_count + 1 WHERE id = NEW.session_id;
END;
CREATE TRIGGER live_session_participants_seat_updated AFTER UPDATE OF seat, role ON live_session_participants
WHEN (NEW.seat IS NOT NULL AND NEW.role = 'participant') <> (OLD.seat IS NOT NULL AND OLD.role = 'participant')
BEGIN
    UPDATE live_sessions SET seated_count = seated_count
        + CASE WHEN NEW.seat IS NOT NULL AND NEW.role = 'participant' THEN 1 ELSE -1 END
    WHERE id = NEW.session_id;
END;
CREATE TRIGGER live_session_participants_seat_deleted AFTER DELETE ON live_session_participants
WHEN OLD.seat IS NOT NULL AND OLD.role = 'participant'
BEGIN
    UPDATE live_sessions SET seated_count = seated_count - 1 WHERE id = OLD.session_id;
END;

-- Proof of attendance: append-only intervals [joined_at, left_at). is_held: open since before a restart, owner not back yet.
CREATE TABLE live_session_attendance (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id BIGINT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id),
    joined_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    left_at BIGINT CHECK (left_at >= joined_at),
    source TEXT NOT NULL CHECK (source IN ('channel', 'rest', 'prosody')),
    is_held BIGINT NOT NULL DEFAULT 0 CHECK (is_held IN (0, 1))
);
CREATE INDEX live_session_attendance_by_session ON live_session_attendance (session_id, user_id);
CREATE UNIQUE INDEX live_session_attendance_open
    ON live_session_attendance (session_id, user_id, source) WHERE left_at IS NULL;

-- message is NULL once deleted: the tombstone keeps its seq.
CREATE TABLE live_session_chat (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id BIGINT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id),
    seq BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    message TEXT,
    message_type TEXT NOT NULL CHECK (message_type IN ('text', 'question', 'answer')),
    reply_to BIGINT REFERENCES live_session_chat (id),
    state TEXT,
    votes BIGINT NOT NULL DEFAULT 0,
    is_anonymous BIGINT NOT NULL DEFAULT 0 CHECK (is_anonymous IN (0, 1)),
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    UNIQUE (session_id, user_id, client_id),
    UNIQUE (session_id, seq)
);

-- The journal: gap-free seq per session, written in the transaction that changes the other tables.
CREATE TABLE live_session_events (
    session_id BIGINT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    type TEXT NOT NULL,
    payload TEXT NOT NULL,
    user_id BIGINT,
    audience TEXT NOT NULL DEFAULT 'all',
    at BIGINT NOT NULL,
    PRIMARY KEY (session_id, seq)
) WITHOUT ROWID;

-- The platform's calendar.
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    description TEXT,
    event_type TEXT NOT NULL DEFAULT 'other',
    start_date BIGINT NOT NULL,
    end_date BIGINT,
    is_all_day BIGINT NOT NULL DEFAULT 0 CHECK (is_all_day IN (0, 1)),
    location TEXT,
    is_public BIGINT NOT NULL DEFAULT 0 CHECK (is_public IN (0, 1)),
    is_online BIGINT NOT NULL DEFAULT 0 CHECK (is_online IN (0, 1)),
    course_id BIGINT REFERENCES courses (id),
    created_by BIGINT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX events_by_start ON events (start_date);
