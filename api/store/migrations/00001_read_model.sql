-- The read model: what follows from the blocks and from entitled reads. All of
-- it is dropped and rebuilt by Store.Reset.

-- +goose Up
CREATE TABLE meta (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

-- One row per valid transaction that applied a command.
CREATE TABLE transactions (
  id    TEXT   NOT NULL PRIMARY KEY,
  block BIGINT NOT NULL,
  at    TEXT   NOT NULL
);

-- One row per applied command, of every subject: the results are public, and a
-- note that becomes visible later needs its earlier ones. position orders them
-- as the blocks do.
CREATE TABLE entries (
  kind     TEXT   NOT NULL,
  id       TEXT   NOT NULL,
  seq      BIGINT NOT NULL,
  position BIGINT NOT NULL,
  op       TEXT   NOT NULL,
  command  TEXT   NOT NULL,
  head     TEXT   NOT NULL,
  tx       TEXT   NOT NULL,
  PRIMARY KEY (kind, id, seq)
);
CREATE UNIQUE INDEX entries_position ON entries (position);
CREATE INDEX entries_command ON entries (command);
CREATE INDEX entries_tx ON entries (tx);

-- Who is told of an entry: whoever was something to its subject before the
-- command or after it.
CREATE TABLE entry_parties (
  party    TEXT   NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (party, position)
);

-- Notes that the organisation may see. born is the position of the offer.
CREATE TABLE notes (
  id     TEXT   NOT NULL PRIMARY KEY,
  seq    BIGINT NOT NULL,
  born   BIGINT NOT NULL,
  status TEXT   NOT NULL,
  book   TEXT   NOT NULL,
  holder TEXT   NOT NULL,
  state  TEXT   NOT NULL
);

-- What each party is to a note, for lists: one row per party and note, its
-- roles between commas, in the order in which a list is read.
CREATE TABLE note_parties (
  party TEXT   NOT NULL,
  born  BIGINT NOT NULL,
  note  TEXT   NOT NULL,
  roles TEXT   NOT NULL,
  PRIMARY KEY (party, born)
);
CREATE INDEX note_parties_note ON note_parties (note);

-- Parties whose state the organisation may see.
CREATE TABLE parties (
  id    TEXT   NOT NULL PRIMARY KEY,
  seq   BIGINT NOT NULL,
  state TEXT   NOT NULL
);

CREATE TABLE books (
  id     TEXT   NOT NULL PRIMARY KEY,
  seq    BIGINT NOT NULL,
  born   BIGINT NOT NULL,
  holder TEXT   NOT NULL,
  state  TEXT   NOT NULL
);
CREATE INDEX books_holder ON books (holder, born);

-- +goose Down
DROP TABLE books;
DROP TABLE parties;
DROP TABLE note_parties;
DROP TABLE notes;
DROP TABLE entry_parties;
DROP TABLE entries;
DROP TABLE transactions;
DROP TABLE meta;
