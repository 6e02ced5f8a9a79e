-- What a search looks into: names, e-mails and titles in small letters, without accents. Filled by the hub: for rows of
-- before at its next start, which is why it may be NULL.
ALTER TABLE users ADD COLUMN search_text TEXT;
ALTER TABLE courses ADD COLUMN search_text TEXT;

-- Where an import waits for its application (ImportStage); empty but while one runs. line: the first line that names the
-- row. base_at: updated_at of the row that it was planned over, NULL for a new one.
CREATE TABLE import_users (
    line BIGINT PRIMARY KEY,
    id BIGINT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    role TEXT NOT NULL,
    avatar TEXT,
    search_text TEXT NOT NULL,
    base_at BIGINT
);
CREATE TABLE import_courses (
    line BIGINT PRIMARY KEY,
    id BIGINT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    instructor_id BIGINT NOT NULL,
    course_type TEXT NOT NULL,
    max_students BIGINT,
    enrollment_deadline BIGINT,
    course_start_date BIGINT,
    course_end_date BIGINT,
    time_zone TEXT,
    search_text TEXT NOT NULL,
    base_at BIGINT
);
CREATE TABLE import_course_instructors (
    line BIGINT NOT NULL,
    course_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    PRIMARY KEY (line, user_id)
);
-- id: the platform's, for a new row or instead of old_id; else NULL.
CREATE TABLE import_enrollments (
    line BIGINT PRIMARY KEY,
    course_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    id BIGINT,
    old_id BIGINT,
    status TEXT NOT NULL,
    is_active BIGINT NOT NULL,
    is_joining BIGINT NOT NULL,
    base_at BIGINT
);
CREATE INDEX import_enrollments_by_old_id ON import_enrollments (old_id);

-- Events may be made by a service of the platform, which is nobody: created_by may be NULL from now on.
ALTER TABLE events ALTER COLUMN created_by DROP NOT NULL;
CREATE INDEX events_by_course ON events (course_id);

-- When a class ends by itself, once that is announced, and when it was last reopened.
ALTER TABLE live_sessions ADD COLUMN ending_at BIGINT;
ALTER TABLE live_sessions ADD COLUMN reopened_at BIGINT;
CREATE INDEX live_sessions_running ON live_sessions (id) WHERE status = 'live';
