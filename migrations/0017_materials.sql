-- What hosts put up for a class: its materials, and the task of now. Whoever put it up may be deleted (an administrator who
-- was never there): then the events, and these rows, name an id that nobody has any more.

CREATE TABLE live_session_materials (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id BIGINT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    -- NULL for a service of the platform.
    user_id BIGINT,
    -- The place of the event that told of it.
    seq BIGINT NOT NULL,
    -- Of one that was added over the channel.
    client_id TEXT,
    -- NULL once it is removed.
    title TEXT,
    url TEXT,
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    UNIQUE (session_id, seq),
    UNIQUE (session_id, user_id, client_id),
    CHECK ((title IS NULL) = (removed_at IS NOT NULL)),
    CHECK ((url IS NULL) = (removed_at IS NOT NULL))
);
CREATE INDEX live_session_materials_by_local ON live_session_materials (user_id) WHERE user_id >= 1000000000;

-- The task of now. One that was replaced is gone.
CREATE TABLE live_session_tasks (
    session_id BIGINT NOT NULL PRIMARY KEY REFERENCES live_sessions (id) ON DELETE CASCADE,
    user_id BIGINT,
    seq BIGINT NOT NULL,
    task TEXT NOT NULL,
    set_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX live_session_tasks_by_local ON live_session_tasks (user_id) WHERE user_id >= 1000000000;

-- Whether the class has ever had a material or a task: a welcome looks for them only then.
ALTER TABLE live_sessions ADD COLUMN has_materials BIGINT NOT NULL DEFAULT 0 CHECK (has_materials IN (0, 1));
