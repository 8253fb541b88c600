-- What staff have to do, and what they did with persons. Times are seconds, 0 for
-- never; days are written as 2026-01-31, '' for none; place counts rows in the order
-- in which they came.

-- +goose Up
-- Rows of the worklist. (kind, about) is what a task is about; details are the places
-- of its reason as JSON; promised says that a person was told the time.
CREATE TABLE tasks (
  id       TEXT   NOT NULL PRIMARY KEY,
  place    BIGINT NOT NULL UNIQUE,
  kind     TEXT   NOT NULL,
  about    TEXT   NOT NULL,
  note     TEXT   NOT NULL,
  reason   TEXT   NOT NULL,
  details  TEXT   NOT NULL,
  due      BIGINT NOT NULL,
  promised BIGINT NOT NULL,
  priority BIGINT NOT NULL,
  team     TEXT   NOT NULL,
  owner    TEXT   NOT NULL,
  state    TEXT   NOT NULL,
  added    BIGINT NOT NULL,
  taken    BIGINT NOT NULL,
  passed   TEXT   NOT NULL,
  remark   TEXT   NOT NULL,
  ended    BIGINT NOT NULL,
  ended_by TEXT   NOT NULL,
  outcome  TEXT   NOT NULL
);
CREATE UNIQUE INDEX tasks_about ON tasks (kind, about);
CREATE INDEX tasks_order ON tasks (priority, due, place) WHERE ended = 0;
CREATE INDEX tasks_owner ON tasks (owner, priority, due, place) WHERE ended = 0;
CREATE INDEX tasks_team ON tasks (team, priority, due, place) WHERE ended = 0;
CREATE INDEX tasks_kind ON tasks (kind, priority, due, place) WHERE ended = 0;
CREATE INDEX tasks_note ON tasks (note, place);
CREATE INDEX tasks_late ON tasks (due) WHERE ended = 0 AND promised = 1 AND priority > 1;
CREATE INDEX tasks_ended ON tasks (ended) WHERE ended > 0;

-- Conversations with persons, and tries. number is what their display showed, or our
-- own number that they called; peer is theirs.
CREATE TABLE contacts (
  id         TEXT   NOT NULL PRIMARY KEY,
  place      BIGINT NOT NULL UNIQUE,
  note       TEXT   NOT NULL,
  party      TEXT   NOT NULL,
  staff      TEXT   NOT NULL,
  at         BIGINT NOT NULL,
  channel    TEXT   NOT NULL,
  direction  TEXT   NOT NULL,
  outcome    TEXT   NOT NULL,
  topic      TEXT   NOT NULL,
  words      TEXT   NOT NULL,
  number     TEXT   NOT NULL,
  peer       TEXT   NOT NULL,
  code       TEXT   NOT NULL,
  follow_up  BIGINT NOT NULL,
  next       TEXT   NOT NULL,
  next_owner TEXT   NOT NULL,
  next_due   BIGINT NOT NULL
);
CREATE INDEX contacts_note ON contacts (note, place);
CREATE UNIQUE INDEX contacts_code ON contacts (code) WHERE code <> '';
CREATE INDEX contacts_number ON contacts (number, place) WHERE number <> '';
CREATE INDEX contacts_peer ON contacts (peer, place) WHERE peer <> '';

-- Calls that persons were promised; whose they are stands with their tasks. remote says
-- that the registrar told the person, and untold counts the changes that it does not
-- know of. missed counts the promised times that passed, and counted is the last one
-- of them.
CREATE TABLE promised_calls (
  id       TEXT   NOT NULL PRIMARY KEY,
  place    BIGINT NOT NULL UNIQUE,
  note     TEXT   NOT NULL,
  party    TEXT   NOT NULL,
  number   TEXT   NOT NULL,
  language TEXT   NOT NULL,
  words    TEXT   NOT NULL,
  remote   BIGINT NOT NULL,
  untold   BIGINT NOT NULL,
  created  BIGINT NOT NULL,
  promised BIGINT NOT NULL,
  missed   BIGINT NOT NULL,
  counted  BIGINT NOT NULL,
  ended    BIGINT NOT NULL,
  outcome  TEXT   NOT NULL
);
CREATE INDEX promised_calls_open ON promised_calls (promised, place) WHERE ended = 0;
CREATE INDEX promised_calls_untold ON promised_calls (place) WHERE untold > 0;
CREATE INDEX promised_calls_note ON promised_calls (note, place);
CREATE INDEX promised_calls_ended ON promised_calls (ended) WHERE ended > 0;

-- Payments that persons have promised.
CREATE TABLE promises (
  id      TEXT   NOT NULL PRIMARY KEY,
  place   BIGINT NOT NULL UNIQUE,
  note    TEXT   NOT NULL,
  party   TEXT   NOT NULL,
  staff   TEXT   NOT NULL,
  made    BIGINT NOT NULL,
  amount  BIGINT NOT NULL,
  day     TEXT   NOT NULL,
  state   TEXT   NOT NULL,
  settled BIGINT NOT NULL
);
CREATE INDEX promises_note ON promises (note, place);
CREATE INDEX promises_open ON promises (day, place) WHERE state = 'open';
CREATE INDEX promises_settled ON promises (settled) WHERE settled > 0;

-- The register of complaints. number is what the person was given; remote and untold
-- are as for promised calls.
CREATE TABLE complaint_register (
  id          TEXT   NOT NULL PRIMARY KEY,
  place       BIGINT NOT NULL UNIQUE,
  number      TEXT   NOT NULL,
  note        TEXT   NOT NULL,
  party       TEXT   NOT NULL,
  channel     TEXT   NOT NULL,
  language    TEXT   NOT NULL,
  words       TEXT   NOT NULL,
  entry       TEXT   NOT NULL,
  remote      BIGINT NOT NULL,
  untold      BIGINT NOT NULL,
  received    BIGINT NOT NULL,
  answer_by   TEXT   NOT NULL,
  registered  TEXT   NOT NULL,
  answered    BIGINT NOT NULL,
  answered_by TEXT   NOT NULL,
  answer      TEXT   NOT NULL
);
CREATE INDEX complaint_register_open ON complaint_register (answer_by, place) WHERE answered = 0;
CREATE INDEX complaint_register_untold ON complaint_register (place) WHERE untold > 0;
CREATE INDEX complaint_register_note ON complaint_register (note, place);
CREATE INDEX complaint_register_received ON complaint_register (received, place);
CREATE INDEX complaint_register_number ON complaint_register (number);

-- Marks that somebody needs to be met with care. basis is the lawful ground on which
-- it is kept, and keeper who has taken over.
CREATE TABLE flags (
  id        TEXT   NOT NULL PRIMARY KEY,
  place     BIGINT NOT NULL UNIQUE,
  note      TEXT   NOT NULL,
  party     TEXT   NOT NULL,
  kind      TEXT   NOT NULL,
  basis     TEXT   NOT NULL,
  words     TEXT   NOT NULL,
  keeper    TEXT   NOT NULL,
  raised    BIGINT NOT NULL,
  raised_by TEXT   NOT NULL,
  until     TEXT   NOT NULL,
  lifted    BIGINT NOT NULL,
  lifted_by TEXT   NOT NULL
);
CREATE INDEX flags_note ON flags (note, place);
CREATE INDEX flags_until ON flags (until, place) WHERE lifted = 0;

-- +goose Down
DROP TABLE flags;
DROP TABLE complaint_register;
DROP TABLE promises;
DROP TABLE promised_calls;
DROP TABLE contacts;
DROP TABLE tasks;
