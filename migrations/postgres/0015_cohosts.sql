-- Co-hosts of one class, also such as have not been there yet: who was let in is another fact (live_session_participants).
CREATE TABLE live_session_cohosts (
    session_id BIGINT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id),
    named_at BIGINT NOT NULL,
    PRIMARY KEY (session_id, user_id)
);
CREATE INDEX live_session_cohosts_by_user ON live_session_cohosts (user_id);
ALTER TABLE live_session_participants DROP COLUMN is_cohost;
