-- Requests that were made with an Idempotency-Key, and how they were answered.
-- A row is on the disk before the request's work begins, so that its key means
-- the same request also after a crash. status is 0 until the answer is final.
-- body may hold terms of a note; the row goes when it expires.

-- +goose Up
CREATE TABLE idempotency (
  party   TEXT   NOT NULL,
  target  TEXT   NOT NULL,
  name    TEXT   NOT NULL,
  request TEXT   NOT NULL,
  status  BIGINT NOT NULL,
  header  TEXT   NOT NULL,
  body    TEXT   NOT NULL,
  expires BIGINT NOT NULL,
  PRIMARY KEY (party, target, name)
);
CREATE INDEX idempotency_expires ON idempotency (expires);

-- A submission is remembered before it is handed in; a refusal is added when it
-- comes. Without one the blocks tell what became of it.
ALTER TABLE submissions ADD COLUMN code TEXT NOT NULL DEFAULT '';
ALTER TABLE submissions ADD COLUMN params TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE submissions DROP COLUMN params;
ALTER TABLE submissions DROP COLUMN code;
DROP TABLE idempotency;
