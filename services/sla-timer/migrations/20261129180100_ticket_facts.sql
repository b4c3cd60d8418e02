-- migrate:up

SET LOCAL lock_timeout = '500ms';

-- What intake recorded of tickets, as far as clocks heed it, in the order of `seq`: what another policy is asked about.
-- Texts and names are not in it. `said`, `missing` and `flags` are sets of bits (sla_timer/facts/row.py).
CREATE TABLE ticket_facts (
    ticket_id   uuid        NOT NULL,
    seq         bigint      NOT NULL,
    recorded_at timestamptz NOT NULL,
    type        text        NOT NULL,
    severity    integer,
    tier        text,
    calendar    text,
    number      text,
    account_id  uuid,
    said        integer     NOT NULL,
    missing     integer     NOT NULL,
    flags       integer     NOT NULL,
    other       uuid,
    received_at timestamptz,
    PRIMARY KEY (ticket_id, seq)
) PARTITION BY HASH (ticket_id);

CREATE TABLE ticket_facts_0 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 0);
CREATE TABLE ticket_facts_1 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 1);
CREATE TABLE ticket_facts_2 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 2);
CREATE TABLE ticket_facts_3 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 3);
CREATE TABLE ticket_facts_4 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 4);
CREATE TABLE ticket_facts_5 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 5);
CREATE TABLE ticket_facts_6 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 6);
CREATE TABLE ticket_facts_7 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 7);
CREATE TABLE ticket_facts_8 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 8);
CREATE TABLE ticket_facts_9 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 9);
CREATE TABLE ticket_facts_10 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 10);
CREATE TABLE ticket_facts_11 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 11);
CREATE TABLE ticket_facts_12 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 12);
CREATE TABLE ticket_facts_13 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 13);
CREATE TABLE ticket_facts_14 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 14);
CREATE TABLE ticket_facts_15 PARTITION OF ticket_facts FOR VALUES WITH (MODULUS 16, REMAINDER 15);

-- Facts `since` to `upto` of a shard went by before they were kept, and are still to be read back from Kafka.
CREATE TABLE ticket_fact_gaps (
    shard integer NOT NULL,
    since bigint  NOT NULL,
    upto  bigint  NOT NULL,
    PRIMARY KEY (shard, since)
);

-- migrate:down

DROP TABLE ticket_fact_gaps, ticket_facts;
