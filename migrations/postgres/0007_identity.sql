-- Whether somebody was made at this hub is a fact, and no range of ids: a platform may give ids from 1,000,000,000 up as well.
ALTER TABLE users ADD COLUMN is_local BIGINT NOT NULL DEFAULT 0 CHECK (is_local IN (0, 1));

-- Ids of this hub's own that nobody has any more, because their people were bound or deleted. Nobody gets them again: a token
-- of before may still be good.
CREATE TABLE retired_user_ids (
    id BIGINT PRIMARY KEY,
    retired_at BIGINT NOT NULL
);

ALTER TABLE import_users ADD COLUMN is_local BIGINT NOT NULL DEFAULT 0 CHECK (is_local IN (0, 1));

-- made_by_host: a teacher made the link, for a student. It works only while its person is no more than that.
ALTER TABLE sign_in_codes ADD COLUMN made_by_host BIGINT NOT NULL DEFAULT 0 CHECK (made_by_host IN (0, 1));

-- follows_course: nobody has said how many may attend, so the room grows with the course (CourseRoom).
ALTER TABLE live_sessions ADD COLUMN follows_course BIGINT NOT NULL DEFAULT 0 CHECK (follows_course IN (0, 1));
