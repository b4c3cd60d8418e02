-- migrate:up
SET LOCAL lock_timeout = '500ms';

-- Whose database this is. Another service that is started with its address by mistake would relay from its log.
CREATE TABLE service (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    name     text    NOT NULL
);

-- migrate:down

DROP TABLE service;
