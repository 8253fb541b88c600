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
CREATE INDEX tasks_order ON tasks (priority, due, place) WHERE ended = 0;
CREATE INDEX tasks_owner ON tasks (owner, priority, due, place) WHERE ended = 0;
CREATE INDEX tasks_team ON tasks (team, priority, due, place) WHERE ended = 0;
CREATE INDEX tasks_kind ON tasks (kind, priority, due, place) WHERE ended = 0;
CREATE INDEX tasks_note ON tasks (note, place);
CREATE INDEX tasks_late ON tasks (due) WHERE ended = 0 AND promised = 1 AND priority > 1;
CREATE INDEX tasks_ended ON tasks (ended) WHERE ended > 0;

-- +goose Down
DROP TABLE tasks;
