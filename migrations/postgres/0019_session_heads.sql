-- The counters of a class, beside its row: the newest seq of its journal, and the participants who hold a seat, hosts not counted.
-- They change with every event and every arrival, the row of a class seldom. The writer of a class locks this row before it writes
-- anything of the class (decision 0030). Half of each page is left free and dead rows go early, so that an update stays on its page.
CREATE TABLE live_session_heads (
    session_id BIGINT PRIMARY KEY REFERENCES live_sessions (id) ON DELETE CASCADE,
    head_seq BIGINT NOT NULL DEFAULT 0,
    seated_count BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
-- Whoever changes a seat brings the count along (SeatCount).
ALTER TABLE live_sessions DROP COLUMN head_seq;
ALTER TABLE live_sessions DROP COLUMN seated_count;
