-- migrate:up
SET LOCAL lock_timeout = '500ms';

-- The policy versions that this service has published or heard of.
CREATE TABLE policies (
    version        text PRIMARY KEY,
    published_at   timestamptz,
    schema_version integer,
    data           json
);

-- migrate:down

DROP TABLE policies;
