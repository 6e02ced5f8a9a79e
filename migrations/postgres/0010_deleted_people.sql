-- Whoever is deleted loses every token of before: without a row of theirs, one that was revoked, or from before a demotion,
-- would make them anew with what it says.
CREATE TABLE deleted_users (
    id BIGINT PRIMARY KEY,
    tokens_after BIGINT NOT NULL
);

-- A person who is made anew under the same id, whatever the way, starts from there. GREATEST leaves NULLs out.
CREATE FUNCTION users_made_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.tokens_after := GREATEST(NEW.tokens_after, (SELECT d.tokens_after FROM deleted_users d WHERE d.id = NEW.id));
    RETURN NEW;
END
$$;
CREATE TRIGGER users_made_anew BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION users_made_anew();
