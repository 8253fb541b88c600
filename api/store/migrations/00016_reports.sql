-- What reports show, one row for each month: counting it anew for every reader would
-- read every note. Times are seconds, days are written as 2026-01-31.

-- +goose Up
-- body is the figures as JSON, and day when they were counted last.
CREATE TABLE reports (
  month TEXT   NOT NULL PRIMARY KEY,
  day   TEXT   NOT NULL,
  made  BIGINT NOT NULL,
  body  TEXT   NOT NULL
);
CREATE INDEX contacts_answered ON contacts (at) WHERE direction = 'in' AND channel = 'phone';

-- +goose Down
DROP INDEX contacts_answered;
DROP TABLE reports;
