-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Whether the mail with that Message-ID has come. False: other mails refer to it, and if it comes, it belongs with them.
ALTER TABLE mail_ids ADD COLUMN came boolean NOT NULL DEFAULT true;

-- migrate:down

DELETE FROM mail_ids WHERE NOT came;
ALTER TABLE mail_ids DROP COLUMN came;
