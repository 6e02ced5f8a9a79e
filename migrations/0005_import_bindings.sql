-- Whom a staged person of the platform's was until now: somebody made here (LocalPeople), NULL for all others.
ALTER TABLE import_users ADD COLUMN local_id BIGINT;
