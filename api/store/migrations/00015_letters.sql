-- Letters of a company's desk, and where the QR codes on them lead. Times are seconds,
-- 0 for never; days are written 2026-12-31, '' for none; place counts rows in the order
-- in which they came.

-- +goose Up
-- What was written to persons. facts is what it was written from and body what it says,
-- both as JSON; digest is the SHA-256 of its PDF, which is made again from body. act is
-- what sent it, one for each person whom it is for; party is that person, and reach the e-mail address
-- or telephone number that it goes to. delivered is
-- the day on which it reached the person, as staff confirmed.
CREATE TABLE letters (
  id        TEXT   NOT NULL PRIMARY KEY,
  place     BIGINT NOT NULL UNIQUE,
  note      TEXT   NOT NULL,
  party     TEXT   NOT NULL,
  kind      TEXT   NOT NULL,
  channel   TEXT   NOT NULL,
  reach     TEXT   NOT NULL,
  name      TEXT   NOT NULL,
  title     TEXT   NOT NULL,
  facts     TEXT   NOT NULL,
  body      TEXT   NOT NULL,
  digest    TEXT   NOT NULL,
  fee       BIGINT NOT NULL,
  act       TEXT   NOT NULL,
  staff     TEXT   NOT NULL,
  rule      TEXT   NOT NULL,
  state     TEXT   NOT NULL,
  at        BIGINT NOT NULL,
  sent      BIGINT NOT NULL,
  delivered TEXT   NOT NULL,
  withdrawn BIGINT NOT NULL
);
CREATE INDEX letters_note ON letters (note, place);
CREATE INDEX letters_act ON letters (act);
CREATE INDEX letters_state ON letters (state, place);
CREATE INDEX letters_sent ON letters (at, place) WHERE sent > 0;

-- Addresses of notes' pages for everybody, as the registrar gave them.
CREATE TABLE note_links (
  note TEXT NOT NULL PRIMARY KEY,
  link TEXT NOT NULL
);

-- +goose Down
DROP TABLE note_links;
DROP TABLE letters;
