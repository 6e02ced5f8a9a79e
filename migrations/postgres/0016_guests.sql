-- Guests: people from outside whom a host lets into one class.

ALTER TABLE users DROP CONSTRAINT users_role_check;
ALTER TABLE users ADD CHECK (role IN ('student', 'instructor', 'admin', 'guest'));
-- A guest takes a place like any participant.
ALTER TABLE live_session_participants DROP CONSTRAINT live_session_participants_role_check;
ALTER TABLE live_session_participants ADD CHECK (role IN ('instructor', 'moderator', 'participant', 'guest'));
ALTER TABLE live_session_participants ALTER COLUMN role SET DEFAULT 'participant';

-- The class of everybody whose role in users is guest. link: the number of the newest link, which is the only one that works.
-- created_by NULL: a service of the platform.
CREATE TABLE live_session_guests (
    user_id BIGINT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    session_id BIGINT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    link BIGINT NOT NULL DEFAULT 1,
    created_by BIGINT REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    erased_at BIGINT
);
CREATE INDEX live_session_guests_by_session ON live_session_guests (session_id);
CREATE INDEX live_session_guests_by_creator ON live_session_guests (created_by) WHERE created_by IS NOT NULL;
