-- What of the notes that are offered to the company was looked into, before it says yes.
-- Times are seconds, 0 for none.

-- +goose Up
-- transfer is the offer, of which a note has one at a time; state is '' while its
-- evidence waits to be verified. words is what is wrong, by languages as JSON.
CREATE TABLE offer_checks (
  note     TEXT   NOT NULL PRIMARY KEY,
  transfer TEXT   NOT NULL,
  state    TEXT   NOT NULL,
  words    TEXT   NOT NULL,
  asked    BIGINT NOT NULL,
  ended    BIGINT NOT NULL
);
CREATE INDEX offer_checks_waiting ON offer_checks (asked, note) WHERE state = '';
-- An act that is under way has 2 in unsettled.
CREATE INDEX acts_under_way ON acts (at) WHERE unsettled = 2;

-- +goose Down
DROP INDEX acts_under_way;
DROP TABLE offer_checks;
