-- Accounts: what a sign-in link is for, the services of the platform, and people who were made here and bound later.

-- A code for a new password lets its holder set one without the old.
ALTER TABLE sign_in_codes ADD COLUMN purpose TEXT NOT NULL DEFAULT 'sign_in'
    CHECK (purpose IN ('sign_in', 'reset_password'));
CREATE INDEX sign_in_codes_by_user ON sign_in_codes (user_id, expires_at);

-- tokens_after: tokens of this service issued before are refused. revoked_at: all are, until one is minted anew.
CREATE TABLE service_tokens (
    name TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL,
    tokens_after BIGINT,
    revoked_at BIGINT
);

-- People who had an id of this hub's own until the platform named theirs: tokens with the old id count as the new one.
CREATE TABLE user_bindings (
    local_id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    bound_at BIGINT NOT NULL
);
CREATE INDEX user_bindings_by_user ON user_bindings (user_id);

-- Binding a person renames them everywhere. The tables that grow have no index by person, and need one for ids of this
-- hub's own only: elsewhere it costs nothing. 'user:7' is the audience of an event for one person.
CREATE INDEX live_session_events_by_local ON live_session_events (user_id) WHERE user_id >= 1000000000;
CREATE INDEX live_session_events_by_audience ON live_session_events (audience) WHERE audience >= 'user:';
CREATE INDEX live_session_chat_by_local ON live_session_chat (user_id) WHERE user_id >= 1000000000;
CREATE INDEX live_session_attendance_by_local ON live_session_attendance (user_id) WHERE user_id >= 1000000000;
