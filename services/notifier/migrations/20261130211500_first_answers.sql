-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- The table also has by when the first answer is promised, by the event that started its clock: what sla-timer says of
-- it. `says`: further particulars of the mail, such as that nothing is promised.
ALTER TABLE next_calls ADD COLUMN sla json, ADD COLUMN says json;

-- migrate:down

ALTER TABLE next_calls DROP COLUMN sla, DROP COLUMN says;
