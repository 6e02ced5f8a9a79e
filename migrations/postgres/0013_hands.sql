-- A raised hand: its place in the class's order of rising, NULL while it is down. Only somebody with a seat on the channel has
-- one up, whichever statement takes the seat away.
ALTER TABLE live_session_participants ADD COLUMN hand_place BIGINT;
CREATE INDEX live_session_participants_hands ON live_session_participants (session_id, hand_place) WHERE hand_place IS NOT NULL;
CREATE FUNCTION live_session_participants_hand_lowered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.hand_place := NULL;
    RETURN NEW;
END
$$;
CREATE TRIGGER live_session_participants_hand_lowered BEFORE UPDATE OF seat ON live_session_participants FOR EACH ROW
WHEN (NEW.hand_place IS NOT NULL AND NEW.seat IS DISTINCT FROM 'channel')
EXECUTE FUNCTION live_session_participants_hand_lowered();
