-- What banks report of the company's accounts, and what became of it. Amounts are in
-- minor units; times are seconds, 0 for never; days are written 2026-12-31, '' for
-- none; place counts rows in the order in which they came.

-- +goose Up
-- Bank files. id is the digest of the file. faults and error are JSON: how it
-- contradicts itself, and why it was refused.
CREATE TABLE bank_files (
  id       TEXT   NOT NULL PRIMARY KEY,
  place    BIGINT NOT NULL UNIQUE,
  name     TEXT   NOT NULL,
  format   TEXT   NOT NULL,
  version  TEXT   NOT NULL,
  message  TEXT   NOT NULL,
  written  BIGINT NOT NULL,
  received BIGINT NOT NULL,
  staff    TEXT   NOT NULL,
  state    TEXT   NOT NULL,
  waiting  BIGINT NOT NULL,
  finished BIGINT NOT NULL,
  faults   TEXT   NOT NULL,
  error    TEXT   NOT NULL
);
CREATE INDEX bank_files_open ON bank_files (place) WHERE state = 'running';

-- Entries of bank files, each once however many files have it. file is the first of
-- those. booking names what it is a part of, whole is the amount of that. details are
-- what the payer wrote, candidates the debts that it may be for, both as JSON. twin is
-- another booking of the same day and amount in a file of another format. after is the
-- state that the entry gets once its parts are taken back.
CREATE TABLE bank_entries (
  id            TEXT   NOT NULL PRIMARY KEY,
  place         BIGINT NOT NULL UNIQUE,
  file          TEXT   NOT NULL,
  line          BIGINT NOT NULL,
  format        TEXT   NOT NULL,
  booking       TEXT   NOT NULL,
  parts         BIGINT NOT NULL,
  whole         BIGINT NOT NULL,
  account       TEXT   NOT NULL,
  amount        BIGINT NOT NULL,
  currency      TEXT   NOT NULL,
  credit        BIGINT NOT NULL,
  reversal      BIGINT NOT NULL,
  booked_on     TEXT   NOT NULL,
  bank_ref      TEXT   NOT NULL,
  part_ref      TEXT   NOT NULL,
  back          TEXT   NOT NULL,
  payer         TEXT   NOT NULL,
  payer_account TEXT   NOT NULL,
  payer_number  TEXT   NOT NULL,
  details       TEXT   NOT NULL,
  state         TEXT   NOT NULL,
  why           TEXT   NOT NULL,
  candidates    TEXT   NOT NULL,
  twin          TEXT   NOT NULL,
  after         TEXT   NOT NULL,
  changed       BIGINT NOT NULL
);
CREATE INDEX bank_entries_state ON bank_entries (state, place);
CREATE INDEX bank_entries_booking ON bank_entries (booking);
CREATE INDEX bank_entries_day ON bank_entries (booked_on, whole, currency);
CREATE INDEX bank_entries_payer ON bank_entries (payer_account) WHERE payer_account <> '';

CREATE TABLE bank_file_entries (
  file  TEXT   NOT NULL,
  line  BIGINT NOT NULL,
  entry TEXT   NOT NULL,
  PRIMARY KEY (file, line, entry)
);
CREATE INDEX bank_file_entries_entry ON bank_file_entries (entry);

-- What an entry is divided into: payments of notes, and what is to go back to the
-- payer. tried is when the ledger was last asked. undo is the act that takes it back,
-- remark its reason. client is whose money it became; accounted and accounted_back are
-- when the client was told of it, and of its being taken back. account is masked.
CREATE TABLE bank_parts (
  id             TEXT   NOT NULL PRIMARY KEY,
  place          BIGINT NOT NULL UNIQUE,
  entry          TEXT   NOT NULL,
  act            TEXT   NOT NULL,
  kind           TEXT   NOT NULL,
  note           TEXT   NOT NULL,
  amount         BIGINT NOT NULL,
  currency       TEXT   NOT NULL,
  booked_on      TEXT   NOT NULL,
  state          TEXT   NOT NULL,
  why            TEXT   NOT NULL,
  tried          BIGINT NOT NULL,
  command        TEXT   NOT NULL,
  seq            BIGINT NOT NULL,
  client         TEXT   NOT NULL,
  undo           TEXT   NOT NULL,
  remark         TEXT   NOT NULL,
  account        TEXT   NOT NULL,
  accounted      BIGINT NOT NULL,
  accounted_back BIGINT NOT NULL
);
CREATE INDEX bank_parts_entry ON bank_parts (entry, place);
CREATE INDEX bank_parts_note ON bank_parts (note, place) WHERE note <> '';
CREATE INDEX bank_parts_open ON bank_parts (tried, place) WHERE state IN ('waiting', 'undoing');
CREATE INDEX bank_parts_return ON bank_parts (place) WHERE kind = 'return' AND state = 'due';
CREATE INDEX bank_parts_command ON bank_parts (command) WHERE command <> '';
CREATE INDEX bank_parts_account ON bank_parts (client, booked_on) WHERE kind = 'pay' AND
  (state = 'done' AND accounted = 0 OR state = 'undone' AND accounted > 0 AND accounted_back = 0);

-- +goose Down
DROP TABLE bank_parts;
DROP TABLE bank_file_entries;
DROP TABLE bank_entries;
DROP TABLE bank_files;
