-- Co-hosts of one class, also such as have not been there yet: who was let in is another fact (live_session_participants).
CREATE TABLE live_session_cohosts (
    session_id BIGINT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id),
    named_at BIGINT NOT NULL,
    PRIMARY KEY (session_id, user_id)
) WITHOUT ROWID;
CREATE INDEX live_session_cohosts_by_user ON live_session_cohosts (user_id);
INSERT INTO live_session_cohosts (session_id, user_id, named_at)
SELECT session_id, user_id, first_joined_at FROM live_session_participants WHERE is_cohost = 1;
ALTER TABLE live_session_participants DROP COLUMN is_cohost;
