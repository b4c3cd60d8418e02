-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- Which version of the policy was published last in each shard, as its how-manieth publication there.
CREATE TABLE policies_in_force (
    shard   integer PRIMARY KEY,
    ordinal bigint  NOT NULL,
    version text    NOT NULL
);
INSERT INTO policies_in_force (shard, ordinal, version)
SELECT shards.shard, latest.ordinal, latest.version
FROM generate_series(0, 63) AS shards (shard),
    (SELECT ordinal, version FROM policies ORDER BY ordinal DESC LIMIT 1) AS latest;

-- Up to where a service that doesn't follow a topic has read a partition of it.
CREATE TABLE readings (
    source  text    NOT NULL,
    shard   integer NOT NULL,
    koffset bigint  NOT NULL,
    PRIMARY KEY (source, shard)
);

-- migrate:down

DROP TABLE readings, policies_in_force;
