-- migrate:up
SET LOCAL lock_timeout = '500ms';

-- Under which name a relay runs: the next one of that name takes its leases at once, they need not run out.
ALTER TABLE relays ADD COLUMN replica text;

-- migrate:down

ALTER TABLE relays DROP COLUMN replica;
