-- handed_in is 1 once a row's offer may be on the ledger. What an older version
-- left waiting may have been handed in too.

-- +goose Up
ALTER TABLE import_rows ADD COLUMN handed_in BIGINT NOT NULL DEFAULT 0;
UPDATE import_rows SET handed_in = 1 WHERE state = 'waiting' AND import IN (SELECT id FROM imports WHERE state IN ('running', 'paused'));

-- +goose Down
ALTER TABLE import_rows DROP COLUMN handed_in;
