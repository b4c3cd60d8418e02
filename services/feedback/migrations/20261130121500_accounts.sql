-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- In which language and time zone an account reads what we write; NULL: the vendor's.
CREATE TABLE accounts (
    account_id  uuid PRIMARY KEY,
    account     json,
    language    text,
    zone        text
);

-- migrate:down

DROP TABLE accounts;
