-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- The notification whose mail carries, or carried, this one's words too; its own where it carries others.
ALTER TABLE notifications ADD COLUMN joined_with uuid;

-- migrate:down

ALTER TABLE notifications DROP COLUMN joined_with;
