-- Whoever is deleted loses every token of before: without a row of theirs, one that was revoked, or from before a demotion,
-- would make them anew with what it says.
CREATE TABLE deleted_users (
    id BIGINT PRIMARY KEY,
    tokens_after BIGINT NOT NULL
);

-- A person who is made anew under the same id, whatever the way, starts from there.
CREATE TRIGGER users_made_anew AFTER INSERT ON users
WHEN EXISTS (SELECT 1 FROM deleted_users WHERE id = NEW.id)
BEGIN
    UPDATE users
    SET tokens_after = MAX(COALESCE(tokens_after, 0), (SELECT tokens_after FROM deleted_users WHERE id = NEW.id))
    WHERE id = NEW.id;
END;
