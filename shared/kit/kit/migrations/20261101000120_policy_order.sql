-- migrate:up
SET LOCAL lock_timeout = '500ms';

-- Which publication of a policy was its last: one that was replaced may be put in force again.
ALTER TABLE policies ADD COLUMN ordinal bigint NOT NULL DEFAULT 0;
UPDATE policies SET ordinal = (
    SELECT count(*) FROM policies p
    WHERE p.published_at < policies.published_at
        OR (p.published_at = policies.published_at AND p.version <= policies.version)
);

-- migrate:down

ALTER TABLE policies DROP COLUMN ordinal;
