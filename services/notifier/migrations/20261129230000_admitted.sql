-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Automatic replies that may be sent, as was decided once at the first try: one person gets so many an hour.
ALTER TABLE notifications ADD COLUMN admitted boolean NOT NULL DEFAULT false;

-- migrate:down

ALTER TABLE notifications DROP COLUMN admitted;
