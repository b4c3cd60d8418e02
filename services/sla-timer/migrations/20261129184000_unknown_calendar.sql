-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- The calendar agreed with the account, where the policy knows none of that name: the tier's counts instead.
ALTER TABLE clocks ADD COLUMN unknown_calendar text;

-- migrate:down

ALTER TABLE clocks DROP COLUMN unknown_calendar;
