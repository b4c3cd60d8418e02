-- migrate:up
SET LOCAL lock_timeout = '500ms';

-- The role that runs is named like the owner without `_owner`; it may add to the log, never change it.
DO $$
DECLARE runner text := regexp_replace(current_user, '_owner$', '');
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', runner);
    EXECUTE format('GRANT SELECT, INSERT ON events, commands, clock, erased_subjects TO %I', runner);
    EXECUTE format('GRANT SELECT, UPDATE ON settled, heads TO %I', runner);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON seen, leases, relays, relay_cursor, consumer_cursor, '
                   'parked, timers, subject_keys, policies TO %I', runner);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', runner);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO %I', runner);
END
$$;

-- migrate:down

SELECT 1;
