-- Who works at the desk of a company, and what they did. Codes and tokens are kept as
-- digests only. Times are seconds, 0 for never; place counts rows in the order in
-- which they came.

-- +goose Up
-- subject is who they are at the organisation's identity provider: its issuer and the
-- name that it gives them, parted by a space.
CREATE TABLE staff (
  id       TEXT   NOT NULL PRIMARY KEY,
  place    BIGINT NOT NULL UNIQUE,
  name     TEXT   NOT NULL,
  phone    TEXT   NOT NULL,
  team     TEXT   NOT NULL,
  language TEXT   NOT NULL,
  roles    TEXT   NOT NULL,
  subject  TEXT   NOT NULL,
  created  BIGINT NOT NULL,
  disabled BIGINT NOT NULL
);
CREATE UNIQUE INDEX staff_subject ON staff (subject) WHERE subject <> '';

CREATE TABLE staff_credentials (
  id         TEXT   NOT NULL PRIMARY KEY,
  staff      TEXT   NOT NULL,
  key        TEXT   NOT NULL,
  sign_count BIGINT NOT NULL,
  eligible   BIGINT NOT NULL,
  backed_up  BIGINT NOT NULL,
  created    BIGINT NOT NULL,
  used       BIGINT NOT NULL
);
CREATE INDEX staff_credentials_staff ON staff_credentials (staff, created, id);

CREATE TABLE staff_sessions (
  token   TEXT   NOT NULL PRIMARY KEY,
  staff   TEXT   NOT NULL,
  created BIGINT NOT NULL,
  seen    BIGINT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX staff_sessions_staff ON staff_sessions (staff);
CREATE INDEX staff_sessions_expires ON staff_sessions (expires);

CREATE TABLE staff_invitations (
  code    TEXT   NOT NULL PRIMARY KEY,
  staff   TEXT   NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX staff_invitations_staff ON staff_invitations (staff);

-- Acts that wait for the confirmation of who asks for them.
CREATE TABLE act_drafts (
  id      TEXT   NOT NULL PRIMARY KEY,
  staff   TEXT   NOT NULL,
  name    TEXT   NOT NULL,
  body    TEXT   NOT NULL,
  reason  TEXT   NOT NULL,
  undoes  TEXT   NOT NULL,
  back    TEXT   NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX act_drafts_created ON act_drafts (created);
CREATE INDEX act_drafts_staff ON act_drafts (staff);

-- Acts that wait for a second person, and what that person said.
CREATE TABLE approvals (
  id      TEXT   NOT NULL PRIMARY KEY,
  place   BIGINT NOT NULL UNIQUE,
  name    TEXT   NOT NULL,
  note    TEXT   NOT NULL,
  body    TEXT   NOT NULL,
  reason  TEXT   NOT NULL,
  undoes  TEXT   NOT NULL,
  asked   TEXT   NOT NULL,
  created BIGINT NOT NULL,
  verdict TEXT   NOT NULL,
  decider TEXT   NOT NULL,
  words   TEXT   NOT NULL,
  decided BIGINT NOT NULL
);
CREATE INDEX approvals_open ON approvals (place) WHERE decided = 0;
CREATE INDEX approvals_note ON approvals (note, place) WHERE note <> '';

-- What staff and rules did. Rows are added and never changed, but for the state of a
-- command whose outcome was not known at once. body is the act as JSON, undo the act
-- that takes it back; command is what it wrote on the ledger, if anything.
CREATE TABLE acts (
  id        TEXT   NOT NULL PRIMARY KEY,
  place     BIGINT NOT NULL UNIQUE,
  name      TEXT   NOT NULL,
  note      TEXT   NOT NULL,
  staff     TEXT   NOT NULL,
  rule      TEXT   NOT NULL,
  reason    TEXT   NOT NULL,
  approved  TEXT   NOT NULL,
  undoes    TEXT   NOT NULL,
  command   TEXT   NOT NULL,
  unsettled BIGINT NOT NULL,
  body      TEXT   NOT NULL,
  undo_name TEXT   NOT NULL,
  undo_body TEXT   NOT NULL,
  at        BIGINT NOT NULL
);
CREATE INDEX acts_note ON acts (note, place);
CREATE INDEX acts_staff ON acts (staff, place);
CREATE INDEX acts_name ON acts (name, place);
CREATE INDEX acts_at ON acts (at, place);
CREATE INDEX acts_command ON acts (command) WHERE command <> '';
CREATE INDEX acts_undoes ON acts (undoes) WHERE undoes <> '';
CREATE INDEX acts_unsettled ON acts (place) WHERE unsettled = 1;

-- Commands of the company on their way to the ledger, so that one whose outcome was
-- not known is handed in again byte for byte.
CREATE TABLE desk_commands (
  command TEXT   NOT NULL PRIMARY KEY,
  act     TEXT   NOT NULL,
  seq     BIGINT NOT NULL,
  signed  TEXT   NOT NULL,
  state   TEXT   NOT NULL,
  code    TEXT   NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX desk_commands_open ON desk_commands (created) WHERE state = '';
CREATE INDEX desk_commands_act ON desk_commands (act);

-- Who looked at the personal data of a note: one row for each day.
CREATE TABLE readings (
  staff TEXT   NOT NULL,
  note  TEXT   NOT NULL,
  day   TEXT   NOT NULL,
  why   TEXT   NOT NULL,
  first BIGINT NOT NULL,
  last  BIGINT NOT NULL,
  times BIGINT NOT NULL,
  PRIMARY KEY (staff, note, day)
);
CREATE INDEX readings_note ON readings (note, day);
CREATE INDEX readings_day ON readings (day, note, staff);

-- +goose Down
DROP TABLE readings;
DROP TABLE desk_commands;
DROP TABLE acts;
DROP TABLE approvals;
DROP TABLE act_drafts;
DROP TABLE staff_invitations;
DROP TABLE staff_sessions;
DROP TABLE staff_credentials;
DROP TABLE staff;
