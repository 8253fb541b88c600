-- What the gateway itself remembers. None of it can be rebuilt from the ledger.
-- It is on the disk before its caller is answered: an assertion that is forgotten
-- could be used again, and a forgotten submission would have no outcome to tell.

-- +goose Up

-- Commands whose outcome was not known when their caller was answered.
CREATE TABLE submissions (
  signer  TEXT   NOT NULL,
  command TEXT   NOT NULL,
  kind    TEXT   NOT NULL,
  id      TEXT   NOT NULL,
  seq     BIGINT NOT NULL,
  op      TEXT   NOT NULL,
  expires BIGINT NOT NULL,
  PRIMARY KEY (signer, command)
);

-- Ids of client assertions that were used, until they expire.
CREATE TABLE assertions (
  party   TEXT   NOT NULL,
  jti     TEXT   NOT NULL,
  expires BIGINT NOT NULL,
  PRIMARY KEY (party, jti)
);
CREATE INDEX assertions_expires ON assertions (expires);

CREATE TABLE imports (
  id      TEXT   NOT NULL PRIMARY KEY,
  party   TEXT   NOT NULL,
  digest  TEXT   NOT NULL,
  name    TEXT   NOT NULL,
  total   BIGINT NOT NULL,
  created BIGINT NOT NULL
);
CREATE UNIQUE INDEX imports_digest ON imports (party, digest);

CREATE TABLE import_rows (
  import TEXT   NOT NULL,
  line   BIGINT NOT NULL,
  state  TEXT   NOT NULL,
  note   TEXT   NOT NULL,
  code   TEXT   NOT NULL,
  params TEXT   NOT NULL,
  PRIMARY KEY (import, line)
);
CREATE INDEX import_rows_state ON import_rows (import, state, line);

-- +goose Down
DROP TABLE import_rows;
DROP TABLE imports;
DROP TABLE assertions;
DROP TABLE submissions;
