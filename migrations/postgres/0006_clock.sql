-- clock_shift: what must be added to the hub's steady clock for the times of this class, set at its start: the wall's time then,
-- and as it passes from there on, whatever happens to the machine's clock (decision 0021).
ALTER TABLE live_sessions ADD COLUMN clock_shift BIGINT NOT NULL DEFAULT 0;
