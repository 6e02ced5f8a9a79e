-- The counters of a class, beside its row: the newest seq of its journal, and the participants who hold a seat, hosts not counted.
-- They change with every event and every arrival, the row of a class seldom. A store with several writers locks this row before it
-- writes anything of the class (decision 0030).
CREATE TABLE live_session_heads (
    session_id INTEGER PRIMARY KEY REFERENCES live_sessions (id) ON DELETE CASCADE,
    head_seq BIGINT NOT NULL DEFAULT 0,
    seated_count BIGINT NOT NULL DEFAULT 0
);
INSERT INTO live_session_heads (session_id, head_seq, seated_count) SELECT id, head_seq, seated_count FROM live_sessions;

-- Whoever changes a seat brings the count along (SeatCount).
DROP TRIGGER live_session_participants_seat_inserted;
DROP TRIGGER live_session_participants_seat_updated;
DROP TRIGGER live_session_participants_seat_deleted;
ALTER TABLE live_sessions DROP COLUMN head_seq;
ALTER TABLE live_sessions DROP COLUMN seated_count;
