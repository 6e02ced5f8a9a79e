-- Questions: their states, their votes, and who may see them; announcements among the kinds of messages.

-- SQLite cannot change a CHECK: the messages move into a table with the new ones, each with its id and its columns. What was asked
-- before is open, and everybody may see it.
CREATE TABLE live_session_chat_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id BIGINT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id),
    seq BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    message TEXT,
    message_type TEXT NOT NULL CHECK (message_type IN ('text', 'question', 'answer', 'announcement')),
    reply_to BIGINT REFERENCES live_session_chat_new (id),
    -- Of questions, NULL in other messages.
    state TEXT CHECK (state IN ('pending', 'open', 'answered', 'dismissed', 'merged')),
    -- How an answered one was answered.
    how TEXT CHECK (how IN ('live', 'written')),
    -- Whether everybody may see it: it is not private, and a host has approved it where that is needed.
    is_public BIGINT NOT NULL DEFAULT 0 CHECK (is_public IN (0, 1)),
    is_private BIGINT NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1)),
    is_pinned BIGINT NOT NULL DEFAULT 0 CHECK (is_pinned IN (0, 1)),
    merged_into BIGINT REFERENCES live_session_chat_new (id),
    -- The place of the event that showed an approved one to everybody.
    published_seq BIGINT,
    -- How many rows question_votes has for it.
    votes BIGINT NOT NULL DEFAULT 0,
    is_anonymous BIGINT NOT NULL DEFAULT 0 CHECK (is_anonymous IN (0, 1)),
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    UNIQUE (session_id, user_id, client_id),
    UNIQUE (session_id, seq),
    CHECK ((message_type = 'question') = (state IS NOT NULL))
);
-- No id is given twice, also not one whose class is gone with all its messages.
INSERT INTO sqlite_sequence (name, seq) SELECT 'live_session_chat_new', seq FROM sqlite_sequence WHERE name = 'live_session_chat';
INSERT INTO live_session_chat_new
    (id, session_id, user_id, seq, client_id, message, message_type, reply_to, state, is_public, is_anonymous, created_at, deleted_at)
SELECT id, session_id, user_id, seq, client_id, message, message_type, reply_to,
    CASE message_type WHEN 'question' THEN 'open' END, message_type = 'question', is_anonymous, created_at, deleted_at
FROM live_session_chat ORDER BY id;
DROP TABLE live_session_chat;
ALTER TABLE live_session_chat_new RENAME TO live_session_chat;
CREATE INDEX live_session_chat_by_local ON live_session_chat (user_id) WHERE user_id >= 1000000000;
CREATE INDEX live_session_chat_questions ON live_session_chat (session_id) WHERE message_type = 'question';
CREATE INDEX live_session_chat_answers ON live_session_chat (reply_to) WHERE reply_to IS NOT NULL;
CREATE INDEX live_session_chat_merged ON live_session_chat (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE question_votes (
    question_id BIGINT NOT NULL REFERENCES live_session_chat (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (question_id, user_id)
) WITHOUT ROWID;
CREATE INDEX question_votes_by_user ON question_votes (user_id);

ALTER TABLE live_sessions ADD COLUMN questions_need_approval BIGINT NOT NULL DEFAULT 0
    CHECK (questions_need_approval IN (0, 1));
ALTER TABLE live_sessions ADD COLUMN is_anonymous_allowed BIGINT NOT NULL DEFAULT 1
    CHECK (is_anonymous_allowed IN (0, 1));
