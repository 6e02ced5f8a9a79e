-- Questions: their states, their votes, and who may see them; announcements among the kinds of messages.

ALTER TABLE live_session_chat DROP CONSTRAINT live_session_chat_message_type_check;
ALTER TABLE live_session_chat ADD CHECK (message_type IN ('text', 'question', 'answer', 'announcement'));
-- state: of questions, NULL in other messages.
ALTER TABLE live_session_chat ADD CHECK (state IN ('pending', 'open', 'answered', 'dismissed', 'merged'));
ALTER TABLE live_session_chat ADD CHECK ((message_type = 'question') = (state IS NOT NULL));
-- How an answered one was answered.
ALTER TABLE live_session_chat ADD COLUMN how TEXT CHECK (how IN ('live', 'written'));
-- Whether everybody may see it: it is not private, and a host has approved it where that is needed.
ALTER TABLE live_session_chat ADD COLUMN is_public BIGINT NOT NULL DEFAULT 0 CHECK (is_public IN (0, 1));
ALTER TABLE live_session_chat ADD COLUMN is_private BIGINT NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1));
ALTER TABLE live_session_chat ADD COLUMN is_pinned BIGINT NOT NULL DEFAULT 0 CHECK (is_pinned IN (0, 1));
ALTER TABLE live_session_chat ADD COLUMN merged_into BIGINT REFERENCES live_session_chat (id);
-- The place of the event that showed an approved one to everybody.
ALTER TABLE live_session_chat ADD COLUMN published_seq BIGINT;
-- votes: how many rows question_votes has for it.
CREATE INDEX live_session_chat_questions ON live_session_chat (session_id) WHERE message_type = 'question';
CREATE INDEX live_session_chat_answers ON live_session_chat (reply_to) WHERE reply_to IS NOT NULL;
CREATE INDEX live_session_chat_merged ON live_session_chat (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE question_votes (
    question_id BIGINT NOT NULL REFERENCES live_session_chat (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (question_id, user_id)
);
CREATE INDEX question_votes_by_user ON question_votes (user_id);

ALTER TABLE live_sessions ADD COLUMN questions_need_approval BIGINT NOT NULL DEFAULT 0
    CHECK (questions_need_approval IN (0, 1));
ALTER TABLE live_sessions ADD COLUMN is_anonymous_allowed BIGINT NOT NULL DEFAULT 1
    CHECK (is_anonymous_allowed IN (0, 1));
