-- What the registrar knows of persons, and what it does for them. None of it is on
-- the ledger. Codes, tokens and challenges are kept as digests only. Times are
-- seconds, 0 for never; place counts rows in the order in which they came.

-- +goose Up
CREATE TABLE persons (
  party    TEXT   NOT NULL PRIMARY KEY,
  name     TEXT   NOT NULL,
  phone    TEXT   NOT NULL,
  email    TEXT   NOT NULL,
  language TEXT   NOT NULL,
  created  BIGINT NOT NULL
);

-- for_party is whose device, helper or lost key it is about; party is who has used
-- it, with key, a JSON Web Key.
CREATE TABLE invitations (
  id        TEXT   NOT NULL PRIMARY KEY,
  place     BIGINT NOT NULL UNIQUE,
  code      TEXT   NOT NULL UNIQUE,
  by_party  TEXT   NOT NULL,
  by_name   TEXT   NOT NULL,
  purpose   TEXT   NOT NULL,
  for_party TEXT   NOT NULL,
  name      TEXT   NOT NULL,
  phone     TEXT   NOT NULL,
  email     TEXT   NOT NULL,
  language  TEXT   NOT NULL,
  note      TEXT   NOT NULL,
  party     TEXT   NOT NULL,
  key       TEXT   NOT NULL,
  created   BIGINT NOT NULL,
  expires   BIGINT NOT NULL,
  used      BIGINT NOT NULL,
  revoked   BIGINT NOT NULL
);
CREATE INDEX invitations_by ON invitations (by_party, place);
CREATE INDEX invitations_open ON invitations (by_party, expires) WHERE used = 0 AND revoked = 0;
CREATE INDEX invitations_party ON invitations (party) WHERE party <> '';
CREATE INDEX invitations_for ON invitations (for_party, place) WHERE for_party <> '';
CREATE INDEX invitations_expires ON invitations (expires);

-- A passkey as its authenticator names it; its public key is on the ledger.
CREATE TABLE credentials (
  id         TEXT   NOT NULL PRIMARY KEY,
  party      TEXT   NOT NULL,
  key_id     TEXT   NOT NULL,
  label      TEXT   NOT NULL,
  sign_count BIGINT NOT NULL,
  eligible   BIGINT NOT NULL,
  backed_up  BIGINT NOT NULL,
  created    BIGINT NOT NULL,
  used       BIGINT NOT NULL,
  removed    BIGINT NOT NULL
);
CREATE INDEX credentials_party ON credentials (party, created, id);

CREATE TABLE sessions (
  token   TEXT   NOT NULL PRIMARY KEY,
  party   TEXT   NOT NULL,
  key_id  TEXT   NOT NULL,
  created BIGINT NOT NULL,
  seen    BIGINT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX sessions_party ON sessions (party);
CREATE INDEX sessions_expires ON sessions (expires);

CREATE TABLE challenges (
  challenge TEXT   NOT NULL PRIMARY KEY,
  purpose   TEXT   NOT NULL,
  data      TEXT   NOT NULL,
  expires   BIGINT NOT NULL
);
CREATE INDEX challenges_expires ON challenges (expires);

-- Commands that wait for a person's signature, or for what becomes of them.
CREATE TABLE drafts (
  id      TEXT   NOT NULL PRIMARY KEY,
  token   TEXT   NOT NULL,
  party   TEXT   NOT NULL,
  payload TEXT   NOT NULL,
  title   TEXT   NOT NULL,
  next    TEXT   NOT NULL,
  signed  TEXT   NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX drafts_token ON drafts (token, created, id);
CREATE INDEX drafts_party ON drafts (party);
CREATE INDEX drafts_expires ON drafts (expires);

CREATE TABLE callbacks (
  id         TEXT   NOT NULL PRIMARY KEY,
  place      BIGINT NOT NULL UNIQUE,
  note       TEXT   NOT NULL,
  party      TEXT   NOT NULL,
  number     TEXT   NOT NULL,
  wanted     TEXT   NOT NULL,
  language   TEXT   NOT NULL,
  words      TEXT   NOT NULL,
  created    BIGINT NOT NULL,
  taken_by   TEXT   NOT NULL,
  taken_name TEXT   NOT NULL,
  taken      BIGINT NOT NULL,
  done       BIGINT NOT NULL,
  outcome    TEXT   NOT NULL
);
CREATE INDEX callbacks_note ON callbacks (note, place);
CREATE INDEX callbacks_party ON callbacks (party) WHERE party <> '';
CREATE INDEX callbacks_done ON callbacks (done) WHERE done > 0;
CREATE INDEX callbacks_open ON callbacks (created) WHERE done = 0;

-- What a person was told, and how.
CREATE TABLE messages (
  place    BIGINT NOT NULL PRIMARY KEY,
  party    TEXT   NOT NULL,
  kind     TEXT   NOT NULL,
  channel  TEXT   NOT NULL,
  about    TEXT   NOT NULL,
  by_party TEXT   NOT NULL,
  at       BIGINT NOT NULL
);
CREATE INDEX messages_party ON messages (party, place);
CREATE INDEX messages_at ON messages (at);

-- +goose Down
DROP TABLE messages;
DROP TABLE callbacks;
DROP TABLE drafts;
DROP TABLE challenges;
DROP TABLE sessions;
DROP TABLE credentials;
DROP TABLE invitations;
DROP TABLE persons;
