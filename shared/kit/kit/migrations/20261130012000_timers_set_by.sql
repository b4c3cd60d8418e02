-- migrate:up
SET LOCAL lock_timeout = '500ms';

-- Which event has set a timer, and in which trace: of the generation `set_for`, so that nothing wrong is believed when
-- a release that doesn't know these columns sets the timer anew.
ALTER TABLE timers ADD COLUMN set_by uuid, ADD COLUMN set_in text, ADD COLUMN set_for integer;

-- migrate:down

ALTER TABLE timers DROP COLUMN set_by, DROP COLUMN set_in, DROP COLUMN set_for;
