-- Roll-call: when somebody counts as late and as present, and what hosts say of somebody's attendance beside the record.

ALTER TABLE courses ADD COLUMN late_after_minutes BIGINT NOT NULL DEFAULT 10 CHECK (late_after_minutes BETWEEN 0 AND 240);
ALTER TABLE courses ADD COLUMN present_percent BIGINT NOT NULL DEFAULT 75 CHECK (present_percent BETWEEN 1 AND 100);
ALTER TABLE import_courses ADD COLUMN late_after_minutes BIGINT NOT NULL DEFAULT 10;
ALTER TABLE import_courses ADD COLUMN present_percent BIGINT NOT NULL DEFAULT 75;

-- For how many milliseconds the class was over before it was reopened, every time together: no part of its length.
ALTER TABLE live_sessions ADD COLUMN closed_for BIGINT NOT NULL DEFAULT 0;

-- The newest of a person in a class counts; order is that of the ids, for two can have one time. author_id NULL: a service of
-- the platform. What they say is never changed and never deleted; only ids of people change, when these are bound (LocalPeople).
CREATE TABLE attendance_corrections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id BIGINT NOT NULL REFERENCES live_sessions (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    author_id BIGINT REFERENCES users (id),
    status TEXT NOT NULL CHECK (status IN ('present', 'late', 'left_early', 'absent', 'excused')),
    reason TEXT NOT NULL CHECK (reason <> ''),
    at BIGINT NOT NULL
);
CREATE INDEX attendance_corrections_by_session ON attendance_corrections (session_id, user_id, id);
CREATE INDEX attendance_corrections_by_user ON attendance_corrections (user_id);
CREATE INDEX attendance_corrections_by_author ON attendance_corrections (author_id);
CREATE TRIGGER attendance_corrections_stand BEFORE UPDATE OF id, session_id, status, reason, at ON attendance_corrections
BEGIN
    SELECT RAISE(ABORT, 'a correction of attendance is never changed');
END;
CREATE TRIGGER attendance_corrections_stay BEFORE DELETE ON attendance_corrections
BEGIN
    SELECT RAISE(ABORT, 'a correction of attendance is never deleted');
END;
