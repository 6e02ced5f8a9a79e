-- What clients and dumps of the seed's platform know and this hub did not.

-- A participation's own number, for clients that need a key. Given by a trigger, so that no statement can forget it; a dump of
-- the seed's brings its own.
ALTER TABLE live_session_participants ADD COLUMN id BIGINT;
UPDATE live_session_participants SET id = numbered.id FROM (
    SELECT session_id, user_id, ROW_NUMBER() OVER (ORDER BY first_joined_at, session_id, user_id) AS id
    FROM live_session_participants) AS numbered
WHERE live_session_participants.session_id = numbered.session_id AND live_session_participants.user_id = numbered.user_id;
CREATE UNIQUE INDEX live_session_participants_by_id ON live_session_participants (id);
CREATE TRIGGER live_session_participants_numbered AFTER INSERT ON live_session_participants WHEN NEW.id IS NULL
BEGIN
    UPDATE live_session_participants SET id = (SELECT COALESCE(MAX(id), 0) + 1 FROM live_session_participants)
    WHERE session_id = NEW.session_id AND user_id = NEW.user_id;
END;

-- The course's name in the platform's addresses.
ALTER TABLE courses ADD COLUMN slug TEXT;
ALTER TABLE import_courses ADD COLUMN slug TEXT;

-- The searched text of people begins with the last name from now on, because lists are ordered by it. The hub fills it at its
-- next start.
UPDATE users SET search_text = NULL;

-- What `amphi import-seed` took: a live session with its participants and its chat, or an event. digest: SHA-256 of the rows of
-- the dump, so that a second run changes nothing.
CREATE TABLE seed_imports (
    kind TEXT NOT NULL CHECK (kind IN ('live_session', 'event')),
    id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
