-- Whom a staged person of the platform's was until now: somebody made here (LocalPeople), NULL for all others.
ALTER TABLE import_users ADD COLUMN local_id BIGINT;

-- People whom an import names as they are: of them only when they were last named is written.
CREATE TABLE import_unchanged_users (
    line BIGINT PRIMARY KEY,
    id BIGINT NOT NULL,
    base_at BIGINT NOT NULL
);

-- Who is being bound to the platform's ids (LocalPeople): filled and emptied within one transaction.
CREATE TABLE new_bindings (
    local_id BIGINT PRIMARY KEY,
    platform_id BIGINT NOT NULL UNIQUE
);
