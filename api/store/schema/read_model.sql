-- The read model: what follows from the blocks and from entitled reads. All of
-- it is dropped and rebuilt by Store.Reset, and where the database has another
-- version of it (readModelVersion).

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
-- Of an erased note this is all that is left: it says so.
CREATE INDEX entries_erased ON entries (op, position) WHERE op = 'erase';

-- Who is told of an entry: whoever was something to its subject before the
-- command or after it.
CREATE TABLE entry_parties (
  party    TEXT   NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (party, position)
);
CREATE INDEX entry_parties_position ON entry_parties (position);

-- Notes that the organisation may see. born is the position of the offer, and so
-- a short name of the note. code is its public code, '' at a gateway without pages.
CREATE TABLE notes (
  born   BIGINT NOT NULL PRIMARY KEY,
  id     TEXT   NOT NULL UNIQUE,
  seq    BIGINT NOT NULL,
  holder TEXT   NOT NULL,
  state  TEXT   NOT NULL,
  code   TEXT   NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX notes_code ON notes (code) WHERE code <> '';

-- What each party is to a note, one row for both, with what lists are selected
-- and ordered by: no list may read a note that it does not show. roles has a bit
-- for each role (roleBits in roles.go). changed is the position of the note's
-- latest entry. due is the day (2026-12-31) of its next unpaid instalment; it
-- follows from the note's state alone, so the clock does not make it wrong. until
-- is the last day on which a former holder may see the note. Both are '' where
-- there is none. No index begins with born: PostgreSQL would walk it through the
-- notes of all parties, for it gives the order that is asked for.
CREATE TABLE note_parties (
  born    BIGINT NOT NULL,
  party   TEXT   NOT NULL,
  roles   BIGINT NOT NULL,
  status  TEXT   NOT NULL,
  book    TEXT   NOT NULL,
  changed BIGINT NOT NULL,
  due     TEXT   NOT NULL,
  until   TEXT   NOT NULL,
  PRIMARY KEY (party, born)
);
CREATE INDEX note_parties_status ON note_parties (party, status, born);
CREATE INDEX note_parties_book ON note_parties (party, book, born);
CREATE INDEX note_parties_changed ON note_parties (party, changed);
CREATE INDEX note_parties_due ON note_parties (party, due, born) WHERE due <> '';
CREATE INDEX note_parties_until ON note_parties (until) WHERE until <> '';
CREATE INDEX note_parties_borrower ON note_parties (party, born) WHERE (roles & 1) <> 0;
CREATE INDEX note_parties_lender ON note_parties (party, born) WHERE (roles & 2) <> 0;
CREATE INDEX note_parties_holder ON note_parties (party, born) WHERE (roles & 4) <> 0;
CREATE INDEX note_parties_controller ON note_parties (party, born) WHERE (roles & 8) <> 0;
CREATE INDEX note_parties_pledgee ON note_parties (party, born) WHERE (roles & 16) <> 0;
CREATE INDEX note_parties_servicer ON note_parties (party, born) WHERE (roles & 32) <> 0;
CREATE INDEX note_parties_recipient ON note_parties (party, born) WHERE (roles & 64) <> 0;
CREATE INDEX note_parties_transferor ON note_parties (party, born) WHERE (roles & 128) <> 0;
CREATE INDEX note_parties_former ON note_parties (party, born) WHERE (roles & 256) <> 0;

-- Parties whose state the organisation may see. phone is where a company says to be
-- reached, '' where it says nothing.
CREATE TABLE parties (
  id    TEXT   NOT NULL PRIMARY KEY,
  seq   BIGINT NOT NULL,
  state TEXT   NOT NULL,
  phone TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX parties_phone ON parties (phone, id) WHERE phone <> '';

-- Who has been given a power of attorney by whom, in force or not.
CREATE TABLE attorneys (
  representative TEXT NOT NULL,
  principal      TEXT NOT NULL,
  PRIMARY KEY (representative, principal)
);
CREATE INDEX attorneys_principal ON attorneys (principal);

CREATE TABLE books (
  id     TEXT   NOT NULL PRIMARY KEY,
  seq    BIGINT NOT NULL,
  born   BIGINT NOT NULL,
  holder TEXT   NOT NULL,
  state  TEXT   NOT NULL
);
CREATE INDEX books_holder ON books (holder, born);
