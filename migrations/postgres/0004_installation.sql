-- Answers of POST requests that carried an Idempotency-Key, for a day.
-- caller: 'user:ID', or 'service'. request: method, path, query and SHA-256 of the body. The row is written in the transaction
-- of the work itself, its answer (status, body) after it: a row without one is work that was done and whose answer is lost.
CREATE TABLE idempotency_keys (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    status BIGINT,
    body TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (at);
