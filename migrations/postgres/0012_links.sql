-- Who made a sign-in link, and when: it works only as long as they could still make it. Both NULL: the command line of
-- the hub's own machine, or a link from before this column.
ALTER TABLE sign_in_codes ADD COLUMN made_by BIGINT REFERENCES users (id) ON DELETE CASCADE;
ALTER TABLE sign_in_codes ADD COLUMN made_by_service TEXT;
ALTER TABLE sign_in_codes ADD COLUMN made_at BIGINT;
CREATE INDEX sign_in_codes_by_maker ON sign_in_codes (made_by);
