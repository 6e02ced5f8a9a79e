-- Whether somebody was made at this hub is a fact, and no range of ids: a platform may give ids from 1,000,000,000 up as well.
-- Of the people of before, those are whose ids this hub's own counter has given.
ALTER TABLE users ADD COLUMN is_local BIGINT NOT NULL DEFAULT 0 CHECK (is_local IN (0, 1));
UPDATE users SET is_local = 1
WHERE id >= 1000000000 AND id <= (SELECT CAST(value AS BIGINT) FROM hub WHERE name = 'newest_made_id_of_users');

-- Ids of this hub's own that nobody has any more, because their people were bound or deleted. Nobody gets them again: a token
-- of before may still be good.
CREATE TABLE retired_user_ids (
    id BIGINT PRIMARY KEY,
    retired_at BIGINT NOT NULL
);
INSERT INTO retired_user_ids (id, retired_at) SELECT local_id, bound_at FROM user_bindings;

ALTER TABLE import_users ADD COLUMN is_local BIGINT NOT NULL DEFAULT 0 CHECK (is_local IN (0, 1));

-- made_by_host: a teacher made the link, for a student. It works only while its person is no more than that.
ALTER TABLE sign_in_codes ADD COLUMN made_by_host BIGINT NOT NULL DEFAULT 0 CHECK (made_by_host IN (0, 1));

-- follows_course: nobody has said how many may attend, so the room grows with the course (CourseRoom).
ALTER TABLE live_sessions ADD COLUMN follows_course BIGINT NOT NULL DEFAULT 0 CHECK (follows_course IN (0, 1));
UPDATE live_sessions SET follows_course = 1
WHERE status IN ('scheduled', 'live') AND deleted_at IS NULL AND max_participants = 50;
UPDATE live_sessions SET max_participants = MIN(100000, MAX(50,
    COALESCE((SELECT c.max_students FROM courses c WHERE c.id = live_sessions.course_id), 0),
    ((SELECT COUNT(*) FROM enrollments e WHERE e.course_id = live_sessions.course_id AND e.is_active = 1) + 49) / 50 * 50))
WHERE follows_course = 1;
