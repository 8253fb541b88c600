-- What the gateway remembers of a note is taken away when the note is erased, and
-- must be found by it.

-- +goose Up

-- Which notes a kept request or its answer names.
CREATE TABLE idempotency_notes (
  note    TEXT   NOT NULL,
  party   TEXT   NOT NULL,
  target  TEXT   NOT NULL,
  name    TEXT   NOT NULL,
  expires BIGINT NOT NULL,
  PRIMARY KEY (note, party, target, name)
);
CREATE INDEX idempotency_notes_expires ON idempotency_notes (expires);
CREATE INDEX submissions_subject ON submissions (id);
CREATE INDEX deliveries_of ON deliveries (subject);
CREATE INDEX import_rows_note ON import_rows (note) WHERE note <> '';

-- Answers that were kept before this are not known by their notes. Their keys mean
-- nothing any more; what was handed in with them is applied once all the same.
DELETE FROM idempotency;

-- +goose Down
DROP INDEX import_rows_note;
DROP INDEX deliveries_of;
DROP INDEX submissions_subject;
DROP TABLE idempotency_notes;
