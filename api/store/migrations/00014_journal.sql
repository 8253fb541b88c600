-- What companies write down for the persons whom it concerns, and what these answer.
-- At the registrar; the outbox is on the company's side. Codes are kept as digests
-- only. Times are seconds, 0 for never; place counts rows in the order in which they
-- came.

-- +goose Up

-- What a company did about a note: id is the company's own. party is the one borrower
-- whom it concerns, '' for all of them; number is what the telephone showed; details
-- is the rest, as JSON.
CREATE TABLE journal (
  by_party TEXT   NOT NULL,
  id       TEXT   NOT NULL,
  place    BIGINT NOT NULL UNIQUE,
  note     TEXT   NOT NULL,
  party    TEXT   NOT NULL,
  kind     TEXT   NOT NULL,
  at       BIGINT NOT NULL,
  code     TEXT   NOT NULL,
  number   TEXT   NOT NULL,
  details  TEXT   NOT NULL,
  received BIGINT NOT NULL,
  PRIMARY KEY (by_party, id)
);
CREATE INDEX journal_note ON journal (note, place);
CREATE INDEX journal_kind ON journal (note, kind, place);
CREATE INDEX journal_day ON journal (note, by_party, received);
CREATE INDEX journal_number ON journal (number, place) WHERE number <> '';
CREATE INDEX journal_code ON journal (code, place) WHERE code <> '';
CREATE INDEX journal_party ON journal (party) WHERE party <> '';
CREATE INDEX journal_at ON journal (at);

-- Who may say how a contact was, once. What ties it to the contact goes with the answer.
CREATE TABLE follow_ups (
  code     TEXT   NOT NULL PRIMARY KEY,
  by_party TEXT   NOT NULL,
  entry    TEXT   NOT NULL,
  expires  BIGINT NOT NULL,
  answered BIGINT NOT NULL
);
CREATE INDEX follow_ups_entry ON follow_ups (by_party, entry) WHERE entry <> '';
CREATE INDEX follow_ups_expires ON follow_ups (expires);

-- What was said of contacts: nothing in it tells by whom, or when but on which day. id
-- is drawn at random, so that the order of a day's answers tells nothing either.
CREATE TABLE answers (
  id       TEXT   NOT NULL PRIMARY KEY,
  by_party TEXT   NOT NULL,
  day      TEXT   NOT NULL,
  team     TEXT   NOT NULL,
  topic    TEXT   NOT NULL,
  overall  BIGINT NOT NULL,
  expected BIGINT NOT NULL,
  ideal    BIGINT NOT NULL,
  words    TEXT   NOT NULL
);
CREATE INDEX answers_by ON answers (by_party, day, id);
CREATE INDEX answers_day ON answers (day);

-- What persons complain about, or want somebody to look at again: entry_by and entry
-- name what in the journal, '' for a complaint. answer_by is the day that the person
-- was told.
CREATE TABLE complaints (
  id         TEXT   NOT NULL PRIMARY KEY,
  place      BIGINT NOT NULL UNIQUE,
  number     TEXT   NOT NULL UNIQUE,
  note       TEXT   NOT NULL,
  party      TEXT   NOT NULL,
  entry_by   TEXT   NOT NULL,
  entry      TEXT   NOT NULL,
  language   TEXT   NOT NULL,
  words      TEXT   NOT NULL,
  created    BIGINT NOT NULL,
  answer_by  TEXT   NOT NULL,
  taken_by   TEXT   NOT NULL,
  taken_name TEXT   NOT NULL,
  answered   BIGINT NOT NULL,
  answer     TEXT   NOT NULL
);
CREATE INDEX complaints_note ON complaints (note, place);
CREATE INDEX complaints_party ON complaints (party);
CREATE INDEX complaints_answered ON complaints (answered) WHERE answered > 0;

-- By when the person was told to be called.
ALTER TABLE callbacks ADD COLUMN promised BIGINT NOT NULL DEFAULT 0;

-- What waits on the company's side to be written into the registrar's journal.
-- state is waiting, written or refused; next is when a try is worth while; follow_up
-- is the address that the registrar answered with, where questions were asked for.
CREATE TABLE outbox (
  id        TEXT   NOT NULL PRIMARY KEY,
  place     BIGINT NOT NULL UNIQUE,
  note      TEXT   NOT NULL,
  entry     TEXT   NOT NULL,
  state     TEXT   NOT NULL,
  code      TEXT   NOT NULL,
  follow_up TEXT   NOT NULL,
  tries     BIGINT NOT NULL,
  next      BIGINT NOT NULL,
  settled   BIGINT NOT NULL
);
CREATE INDEX outbox_waiting ON outbox (place) WHERE state = 'waiting';
CREATE INDEX outbox_refused ON outbox (place) WHERE state = 'refused';
CREATE INDEX outbox_deferred ON outbox (note, next) WHERE state = 'waiting';
CREATE INDEX outbox_note ON outbox (note);
CREATE INDEX outbox_settled ON outbox (settled) WHERE settled > 0;

-- What was said of the company's contacts, as the registrar told it.
CREATE TABLE heard_answers (
  id       TEXT   NOT NULL PRIMARY KEY,
  month    TEXT   NOT NULL,
  team     TEXT   NOT NULL,
  topic    TEXT   NOT NULL,
  overall  BIGINT NOT NULL,
  expected BIGINT NOT NULL,
  ideal    BIGINT NOT NULL,
  words    TEXT   NOT NULL,
  heard    BIGINT NOT NULL
);
CREATE INDEX heard_answers_month ON heard_answers (month, id);

-- How far lists of the registrar were read.
CREATE TABLE cursors (
  name  TEXT NOT NULL PRIMARY KEY,
  place TEXT NOT NULL
);

-- +goose Down
DROP TABLE cursors;
DROP TABLE heard_answers;
DROP TABLE outbox;
ALTER TABLE callbacks DROP COLUMN promised;
DROP TABLE complaints;
DROP TABLE answers;
DROP TABLE follow_ups;
DROP TABLE journal;
