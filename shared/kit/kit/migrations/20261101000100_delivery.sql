-- migrate:up
SET LOCAL lock_timeout = '500ms';

-- Who relays which shard, until when on this database's own clock. A new owner has a higher epoch.
CREATE TABLE leases (
    shard      integer     PRIMARY KEY,
    owner      uuid,
    epoch      bigint      NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO leases (shard) SELECT generate_series(0, 63);

-- Replicas that relay, so that each takes its share of the shards and no more.
CREATE TABLE relays (
    owner      uuid        PRIMARY KEY,
    expires_at timestamptz NOT NULL
);

-- The last event of each shard that the broker has acknowledged.
CREATE TABLE relay_cursor (
    shard    integer PRIMARY KEY,
    seq      bigint  NOT NULL DEFAULT 0,
    event_id uuid
);
INSERT INTO relay_cursor (shard) SELECT generate_series(0, 63);

-- The last record of each topic's shard whose effects are in this database, and where Kafka had it.
CREATE TABLE consumer_cursor (
    source   text    NOT NULL,
    shard    integer NOT NULL,
    seq      bigint  NOT NULL DEFAULT 0,
    event_id uuid,
    koffset  bigint  NOT NULL DEFAULT 0,
    PRIMARY KEY (source, shard)
);

-- Records that could not be understood, and all that followed about the same ticket or account, in order.
CREATE TABLE parked (
    position  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shard     integer     NOT NULL,
    identity  uuid        NOT NULL,
    source    text        NOT NULL,
    seq       bigint      NOT NULL,
    record    bytea       NOT NULL,
    headers   json        NOT NULL,
    reason    text        NOT NULL,
    parked_at timestamptz NOT NULL,
    UNIQUE (source, shard, seq)
);
CREATE INDEX parked_by_shard ON parked (shard, identity);

-- What must ring, for which stream.
CREATE TABLE timers (
    shard      integer     NOT NULL,
    stream_id  text        NOT NULL,
    kind       text        NOT NULL,
    generation integer     NOT NULL,
    due_at     timestamptz NOT NULL,
    PRIMARY KEY (shard, stream_id, kind)
);
CREATE INDEX timers_by_due ON timers (shard, due_at);

-- Keys of persons, wrapped by the master key. `relayed`: the broker has acknowledged it.
CREATE TABLE subject_keys (
    subject_id uuid    PRIMARY KEY,
    wrapped    bytea   NOT NULL,
    relayed    boolean NOT NULL DEFAULT true
);
CREATE INDEX subject_keys_to_relay ON subject_keys (subject_id) WHERE NOT relayed;

-- Subjects whose key was destroyed, for ever.
CREATE TABLE erased_subjects (
    subject_id uuid PRIMARY KEY
);

-- migrate:down

DROP TABLE erased_subjects, subject_keys, timers, parked, consumer_cursor, relay_cursor, relays, leases;
