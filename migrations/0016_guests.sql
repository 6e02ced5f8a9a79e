-- Guests: people from outside whom a host lets into one class.

-- SQLite cannot change a CHECK, and a table to which others refer cannot be made anew inside of a transaction without their rows. So
-- the column is: it has the same name, at the end of the row.
ALTER TABLE users ADD COLUMN new_role TEXT NOT NULL DEFAULT 'student' CHECK (new_role IN ('student', 'instructor', 'admin', 'guest'));
UPDATE users SET new_role = role;
ALTER TABLE users DROP COLUMN role;
ALTER TABLE users RENAME COLUMN new_role TO role;

-- A guest takes a place like any participant. The triggers that count places name the column.
DROP TRIGGER live_session_participants_seat_inserted;
DROP TRIGGER live_session_participants_seat_updated;
DROP TRIGGER live_session_participants_seat_deleted;
ALTER TABLE live_session_participants ADD COLUMN new_role TEXT NOT NULL DEFAULT 'participant'
    CHECK (new_role IN ('instructor', 'moderator', 'participant', 'guest'));
UPDATE live_session_participants SET new_role = role;
ALTER TABLE live_session_participants DROP COLUMN role;
ALTER TABLE live_session_participants RENAME COLUMN new_role TO role;
CREATE TRIGGER live_session_participants_seat_inserted AFTER INSERT ON live_session_participants
WHEN NEW.seat IS NOT NULL AND NEW.role IN ('participant', 'guest')
BEGIN
    UPDATE live_sessions SET seated_count = seated_count + 1 WHERE id = NEW.session_id;
END;
CREATE TRIGGER live_session_participants_seat_updated AFTER UPDATE OF seat, role ON live_session_participants
WHEN (NEW.seat IS NOT NULL AND NEW.role IN ('participant', 'guest')) <> (OLD.seat IS NOT NULL AND OLD.role IN ('participant', 'guest'))
BEGIN
    UPDATE live_sessions SET seated_count = seated_count
        + CASE WHEN NEW.seat IS NOT NULL AND NEW.role IN ('participant', 'guest') THEN 1 ELSE -1 END
    WHERE id = NEW.session_id;
END;
CREATE TRIGGER live_session_participants_seat_deleted AFTER DELETE ON live_session_participants
WHEN OLD.seat IS NOT NULL AND OLD.role IN ('participant', 'guest')
BEGIN
    UPDATE live_sessions SET seated_count = seated_count - 1 WHERE id = OLD.session_id;
END;

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
) WITHOUT ROWID;
CREATE INDEX live_session_guests_by_session ON live_session_guests (session_id);
CREATE INDEX live_session_guests_by_creator ON live_session_guests (created_by) WHERE created_by IS NOT NULL;
