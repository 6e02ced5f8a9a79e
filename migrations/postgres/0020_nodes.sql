-- Which attempt at a request holds its Idempotency-Key: another one, at whatever hub of the database, finds that it is not its own.
ALTER TABLE idempotency_keys ADD COLUMN run TEXT;

-- Only here: several hubs, called nodes, serve one database (decision 0032).

-- The nodes. state: 'up' serves, 'left' has stopped, 'lost' was not heard of any more. seen_at: the newest beat, by the hubs' steady
-- clock. incarnation: that of the node's row in hub_lanes. key_check: whether it knows the same secret as the others.
CREATE TABLE hub_nodes (
    node TEXT PRIMARY KEY,
    incarnation BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('up', 'left', 'lost')),
    seen_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    version TEXT NOT NULL,
    key_check TEXT NOT NULL
) WITH (fillfactor = 50);

-- The one row whose number orders all commits of all nodes: each commit takes the next number, under the lock of the writers.
-- forgotten: the news up to this number were deleted. mark: that of the newest commit (hub_news).
CREATE TABLE hub_commits (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    number BIGINT NOT NULL,
    mark BIGINT NOT NULL DEFAULT 0,
    forgotten BIGINT NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
INSERT INTO hub_commits (id, number, forgotten) VALUES (1, 0, 0);

-- What the other nodes must learn of a commit: ids and numbers in JSON, no names and no texts. Kept for a few minutes.
-- mark: random, so that a node finds out when the commit of this number is not the one that it knew, because a standby took over that
-- had not got it.
CREATE TABLE hub_news (
    number BIGINT PRIMARY KEY,
    mark BIGINT NOT NULL,
    node TEXT NOT NULL,
    at BIGINT NOT NULL,
    news TEXT NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Who is on a channel at which node. lost_at: since when the last connection there is gone, by the steady clock; NULL while there
-- is one. A place stays until its grace is over, or until its person is back at whatever node. seen_at: when the last connection of the
-- same person at another node was lost, while this place counted as connected.
CREATE TABLE live_session_places (
    session_id BIGINT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    node TEXT NOT NULL,
    role TEXT NOT NULL,
    lost_at BIGINT,
    seen_at BIGINT,
    PRIMARY KEY (session_id, user_id, node)
);
CREATE INDEX live_session_places_by_node ON live_session_places (node);
CREATE INDEX live_session_places_by_user ON live_session_places (user_id);

-- Failed sign-ins, by account and by source address, as keyed hashes. last_at: of the newest failure, begun_at: of the newest attempt
-- that is still being checked; both by the steady clock. One hub alone keeps them in memory.
CREATE TABLE login_delays (
    name TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    begun_at BIGINT
);

-- Whoever has a place as the files before this one knew it: their hub takes them over at its start.
INSERT INTO live_session_places (session_id, user_id, node, role)
SELECT session_id, user_id, '', role FROM live_session_participants WHERE seat = 'channel';
