-- Who works at the desk of a company, and what they did. Times are seconds, 0 for
-- never; place counts rows in the order in which they came.

-- +goose Up
-- What staff and rules did. Rows are added and never changed, but for the effect of
-- one that was not known at once. body is the act as JSON; command is what it wrote
-- on the ledger, if anything.
CREATE TABLE acts (
  id       TEXT   NOT NULL PRIMARY KEY,
  place    BIGINT NOT NULL UNIQUE,
  name     TEXT   NOT NULL,
  note     TEXT   NOT NULL,
  staff    TEXT   NOT NULL,
  rule     TEXT   NOT NULL,
  reason   TEXT   NOT NULL,
  approved TEXT   NOT NULL,
  undoes   TEXT   NOT NULL,
  command  TEXT   NOT NULL,
  body     TEXT   NOT NULL,
  at       BIGINT NOT NULL
);
CREATE INDEX acts_note ON acts (note, place);
CREATE INDEX acts_staff ON acts (staff, place);
CREATE INDEX acts_name ON acts (name, place);
CREATE INDEX acts_undoes ON acts (undoes) WHERE undoes <> '';

-- +goose Down
DROP TABLE acts;
