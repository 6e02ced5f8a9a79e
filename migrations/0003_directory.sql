-- What a search looks into: names, e-mails and titles in small letters, without accents. Filled by the hub: for rows of
-- before at its next start, which is why it may be NULL.
ALTER TABLE users ADD COLUMN search_text TEXT;
ALTER TABLE courses ADD COLUMN search_text TEXT;
