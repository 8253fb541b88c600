-- Notes that the company collects or holds, seen as work, and whom they are about.
-- Times are seconds, 0 for never; days are written 2026-12-31, '' for none.

-- +goose Up
-- number counts cases in the order in which they came, and is in the payment
-- reference. What is below closed follows from the note and serves lists alone: due
-- is the day of its next unpaid instalment.
CREATE TABLE cases (
  number   BIGINT NOT NULL PRIMARY KEY,
  note     TEXT   NOT NULL UNIQUE,
  opened   BIGINT NOT NULL,
  owner    TEXT   NOT NULL,
  team     TEXT   NOT NULL,
  closed   BIGINT NOT NULL,
  client   TEXT   NOT NULL,
  due      TEXT   NOT NULL,
  disputed BIGINT NOT NULL,
  plan     BIGINT NOT NULL
);
CREATE INDEX cases_open ON cases (number) WHERE closed = 0;
CREATE INDEX cases_owner ON cases (owner, number) WHERE closed = 0;
CREATE INDEX cases_client ON cases (client, number) WHERE closed = 0;
CREATE INDEX cases_due ON cases (due, number) WHERE closed = 0 AND due <> '';
CREATE INDEX cases_disputed ON cases (number) WHERE closed = 0 AND disputed = 1;
CREATE INDEX cases_plan ON cases (number) WHERE closed = 0 AND plan = 1;

-- How staff reach a person of a case. phones are E.164 and stand between commas.
-- edited says when staff wrote it; until then it is what the note says.
CREATE TABLE persons_of_cases (
  note     TEXT   NOT NULL,
  party    TEXT   NOT NULL,
  name     TEXT   NOT NULL,
  phones   TEXT   NOT NULL,
  email    TEXT   NOT NULL,
  address  TEXT   NOT NULL,
  language TEXT   NOT NULL,
  edited   BIGINT NOT NULL,
  PRIMARY KEY (note, party)
);

-- What a case is found by. A term is bytes, so that both databases order it by its
-- bytes whatever language the server was set up for: a search is a range of them.
-- It follows from the tables above and the notes.
CREATE TABLE search_terms (
  term BYTEA  NOT NULL,
  kind TEXT   NOT NULL,
  note TEXT   NOT NULL,
  PRIMARY KEY (term, kind, note)
);
CREATE INDEX search_terms_note ON search_terms (note, term);

-- How far the cases have come in following the ledger.
CREATE TABLE case_progress (
  party    TEXT   NOT NULL PRIMARY KEY,
  position BIGINT NOT NULL
);

-- +goose Down
DROP TABLE case_progress;
DROP TABLE search_terms;
DROP TABLE persons_of_cases;
DROP TABLE cases;
