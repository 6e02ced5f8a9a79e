-- What clients and dumps of the seed's platform know and this hub did not.

-- A participation's own number, for clients that need a key. Given by a default, so that no statement can forget it; a dump of
-- the seed's brings its own. Writers of several classes may take numbers at once, so that they come from a sequence.
CREATE SEQUENCE live_session_participants_id_seq;
ALTER TABLE live_session_participants ADD COLUMN id BIGINT DEFAULT nextval('live_session_participants_id_seq');
ALTER SEQUENCE live_session_participants_id_seq OWNED BY live_session_participants.id;
CREATE UNIQUE INDEX live_session_participants_by_id ON live_session_participants (id);
CREATE TRIGGER live_session_participants_claimed AFTER INSERT OR UPDATE OF id ON live_session_participants FOR EACH ROW
WHEN (NEW.id > COALESCE(pg_sequence_last_value('live_session_participants_id_seq'), 0)) EXECUTE FUNCTION claim_id('live_session_participants_id_seq');

-- The course's name in the platform's addresses.
ALTER TABLE courses ADD COLUMN slug TEXT;
ALTER TABLE import_courses ADD COLUMN slug TEXT;

-- What `amphi import-seed` took: a live session with its participants and its chat, or an event. digest: SHA-256 of the rows of
-- the dump, so that a second run changes nothing.
CREATE TABLE seed_imports (
    kind TEXT NOT NULL CHECK (kind IN ('live_session', 'event')),
    id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);
