-- The rules by which a company's desk acts by itself, and what they decided. Times are
-- seconds, 0 for never; days are written as 2026-01-31, '' for none; place counts rows
-- in the order in which they came.

-- +goose Up
-- Versions of rules. Rows are added and never changed. body is the rule as JSON.
CREATE TABLE rules (
  id       TEXT   NOT NULL,
  version  BIGINT NOT NULL,
  kind     TEXT   NOT NULL,
  body     TEXT   NOT NULL,
  staff    TEXT   NOT NULL,
  approved TEXT   NOT NULL,
  reason   TEXT   NOT NULL,
  since    BIGINT NOT NULL,
  PRIMARY KEY (id, version)
);

-- What rules decided of notes: body is the decision with the facts that it rests on.
-- about is what the same thing is never done twice about; act is what was done;
-- staff and reason are whose word settled it.
CREATE TABLE decisions (
  id      TEXT   NOT NULL PRIMARY KEY,
  place   BIGINT NOT NULL UNIQUE,
  rule    TEXT   NOT NULL,
  version BIGINT NOT NULL,
  kind    TEXT   NOT NULL,
  note    TEXT   NOT NULL,
  about   TEXT   NOT NULL,
  day     TEXT   NOT NULL,
  body    TEXT   NOT NULL,
  state   TEXT   NOT NULL,
  act     TEXT   NOT NULL,
  staff   TEXT   NOT NULL,
  reason  TEXT   NOT NULL,
  at      BIGINT NOT NULL,
  settled BIGINT NOT NULL
);
CREATE INDEX decisions_note ON decisions (note, place);
CREATE INDEX decisions_rule ON decisions (rule, place);
CREATE INDEX decisions_state ON decisions (state, place);
CREATE INDEX decisions_overridden ON decisions (rule, place) WHERE state = 'overridden';
CREATE INDEX decisions_at ON decisions (at, rule, state);

-- What staff stopped: a rule, '' for every one, on a note, '' for every one.
CREATE TABLE stops (
  id        TEXT   NOT NULL PRIMARY KEY,
  place     BIGINT NOT NULL UNIQUE,
  rule      TEXT   NOT NULL,
  note      TEXT   NOT NULL,
  until     TEXT   NOT NULL,
  staff     TEXT   NOT NULL,
  reason    TEXT   NOT NULL,
  at        BIGINT NOT NULL,
  lifted    BIGINT NOT NULL,
  lifted_by TEXT   NOT NULL
);
CREATE INDEX stops_note ON stops (note, place) WHERE lifted = 0;
CREATE INDEX stops_rule ON stops (rule, place) WHERE lifted = 0 AND note = '';

-- How far a round through the notes has come. day is the day that it decides for;
-- place continues the list of notes.
CREATE TABLE rounds (
  name     TEXT   NOT NULL PRIMARY KEY,
  day      TEXT   NOT NULL,
  place    BIGINT NOT NULL,
  notes    BIGINT NOT NULL,
  acted    BIGINT NOT NULL,
  proposed BIGINT NOT NULL,
  failed   BIGINT NOT NULL,
  begun    BIGINT NOT NULL,
  ended    BIGINT NOT NULL
);

-- +goose Down
DROP TABLE rounds;
DROP TABLE stops;
DROP TABLE decisions;
DROP TABLE rules;
