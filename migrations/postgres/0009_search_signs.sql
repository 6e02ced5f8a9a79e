-- The text that is searched holds no apostrophes and hyphens any more: oneil finds O'Neil. The hub makes it anew at its start.

UPDATE users SET search_text = NULL;
UPDATE courses SET search_text = NULL;
