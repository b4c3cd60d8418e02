-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Read models: projected from the log, rebuilt by replay. No words of persons in them.
CREATE TABLE accounts (
    account_id    uuid PRIMARY KEY,
    name          text,
    tier          text,
    calendar      text,
    domains       text        NOT NULL DEFAULT '[]',
    registered_at timestamptz,
    version       integer     NOT NULL DEFAULT 0
);

-- Whose mail a domain's is. A domain has one owner, whoever registers it first.
CREATE TABLE account_domains (
    domain     text,
    account_id uuid,
    PRIMARY KEY (domain, account_id),
    CONSTRAINT domain_has_one_owner UNIQUE (domain)
);

CREATE TABLE tickets (
    ticket_id  uuid PRIMARY KEY,
    number     text UNIQUE,
    account_id uuid,
    subject_id uuid,
    status     text,
    severity   integer,
    priority   text,
    tier       text,
    calendar   text,
    assignee   text,
    channel    text,
    missing    text        NOT NULL DEFAULT '[]',
    opened_at  timestamptz,
    updated_at timestamptz,
    closed_at  timestamptz,
    closings   integer     NOT NULL DEFAULT 0,
    version    integer     NOT NULL DEFAULT 0
);

-- Lists go back from the newest; what follows an account's tier are its tickets that are not closed.
CREATE INDEX tickets_by_age ON tickets (opened_at DESC, ticket_id DESC);
CREATE INDEX tickets_of_account ON tickets (account_id, opened_at DESC, ticket_id DESC);
CREATE INDEX tickets_of_assignee ON tickets (assignee, opened_at DESC, ticket_id DESC) WHERE assignee IS NOT NULL;
CREATE INDEX tickets_not_closed ON tickets (account_id) WHERE closed_at IS NULL;

-- No read model but a directory: which subject an address of an account stands for. The digest is keyed, so that the
-- table alone names nobody; the row goes when the subject is erased, and whoever writes again is somebody new.
CREATE TABLE subjects (
    account_id uuid,
    digest     bytea,
    subject_id uuid NOT NULL,
    PRIMARY KEY (account_id, digest)
);
-- Someone may be known by address though the address's domain is nobody's.
CREATE INDEX subjects_by_digest ON subjects (digest);

-- A process takes twenty numbers at a time: gaps are allowed, the same number twice is not.
CREATE SEQUENCE ticket_number AS bigint START WITH 1000 INCREMENT BY 20;

-- migrate:down

DROP SEQUENCE ticket_number;
DROP TABLE subjects;
DROP TABLE tickets;
DROP TABLE account_domains;
DROP TABLE accounts;
