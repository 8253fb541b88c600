-- Webhooks with what is sent to them, and imports that the gateway works through
-- by itself. None of it can be rebuilt from the ledger.

-- +goose Up

-- position is how far the party's events have become deliveries. ops stand
-- between commas; none means all.
CREATE TABLE webhooks (
  id          TEXT   NOT NULL PRIMARY KEY,
  party       TEXT   NOT NULL,
  url         TEXT   NOT NULL,
  description TEXT   NOT NULL,
  ops         TEXT   NOT NULL,
  state       TEXT   NOT NULL,
  reason      TEXT   NOT NULL,
  position    BIGINT NOT NULL,
  created     BIGINT NOT NULL
);
CREATE INDEX webhooks_party ON webhooks (party, created, id);
CREATE INDEX webhooks_state ON webhooks (state);

-- One row per webhook and event, made in the transaction that moves the
-- webhook's position. due, tried and took are milliseconds.
CREATE TABLE deliveries (
  webhook  TEXT   NOT NULL,
  position BIGINT NOT NULL,
  id       TEXT   NOT NULL,
  subject  TEXT   NOT NULL,
  state    TEXT   NOT NULL,
  attempts BIGINT NOT NULL,
  due      BIGINT NOT NULL,
  tried    BIGINT NOT NULL,
  status   BIGINT NOT NULL,
  fault    TEXT   NOT NULL,
  took     BIGINT NOT NULL,
  PRIMARY KEY (webhook, position)
);
CREATE UNIQUE INDEX deliveries_id ON deliveries (webhook, id);
CREATE INDEX deliveries_due ON deliveries (state, webhook, due);
CREATE INDEX deliveries_subject ON deliveries (webhook, subject, state, position);
CREATE INDEX deliveries_tried ON deliveries (state, tried);

-- The numbers of rows are kept beside the rows and change in the same
-- transactions: an import is asked for its progress far oftener than it changes.
-- ended is 0 until it is.
ALTER TABLE imports ADD COLUMN state TEXT NOT NULL DEFAULT 'running';
ALTER TABLE imports ADD COLUMN rehearsal BIGINT NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN waiting BIGINT NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN offered BIGINT NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN rejected BIGINT NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN cancelled BIGINT NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN ended BIGINT NOT NULL DEFAULT 0;
UPDATE imports SET
  offered = (SELECT COUNT(*) FROM import_rows r WHERE r.import = imports.id AND r.state = 'offered'),
  rejected = (SELECT COUNT(*) FROM import_rows r WHERE r.import = imports.id AND r.state = 'rejected');
UPDATE imports SET state = 'finished', ended = created WHERE offered + rejected >= total;
CREATE INDEX imports_state ON imports (state, waiting);
CREATE INDEX imports_party ON imports (party, created, id);
DROP INDEX imports_digest;
CREATE UNIQUE INDEX imports_digest ON imports (party, digest, rehearsal) WHERE state <> 'cancelled';

-- The signed offer of a row, until the row's fate is final.
ALTER TABLE import_rows ADD COLUMN jws TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE import_rows DROP COLUMN jws;
DROP INDEX imports_digest;
CREATE UNIQUE INDEX imports_digest ON imports (party, digest);
DROP INDEX imports_party;
DROP INDEX imports_state;
ALTER TABLE imports DROP COLUMN ended;
ALTER TABLE imports DROP COLUMN cancelled;
ALTER TABLE imports DROP COLUMN rejected;
ALTER TABLE imports DROP COLUMN offered;
ALTER TABLE imports DROP COLUMN waiting;
ALTER TABLE imports DROP COLUMN rehearsal;
ALTER TABLE imports DROP COLUMN state;
DROP TABLE deliveries;
DROP TABLE webhooks;
