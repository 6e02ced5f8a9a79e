-- A raised hand: its place in the class's order of rising, NULL while it is down. Only somebody with a seat on the channel has
-- one up, whichever statement takes the seat away.
ALTER TABLE live_session_participants ADD COLUMN hand_place BIGINT;
CREATE INDEX live_session_participants_hands ON live_session_participants (session_id, hand_place) WHERE hand_place IS NOT NULL;
CREATE TRIGGER live_session_participants_hand_lowered AFTER UPDATE OF seat ON live_session_participants
WHEN NEW.hand_place IS NOT NULL AND COALESCE(NEW.seat, '') <> 'channel'
BEGIN
    UPDATE live_session_participants SET hand_place = NULL WHERE session_id = NEW.session_id AND user_id = NEW.user_id;
END;
