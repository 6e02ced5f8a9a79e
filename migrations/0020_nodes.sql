-- Which attempt at a request holds its Idempotency-Key: another one, at whatever hub of the database, finds that it is not its own.
-- The tables by which several hubs serve one database are in the file of the same name for PostgreSQL: a file has one hub.
ALTER TABLE idempotency_keys ADD COLUMN run TEXT;
