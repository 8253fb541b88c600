-- +goose Up
CREATE INDEX submissions_expires ON submissions (expires);

-- +goose Down
DROP INDEX submissions_expires;
