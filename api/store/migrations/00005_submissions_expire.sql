-- What is pruned is found by its time: every write leaves a submission, so that a
-- busy gateway has millions of them.

-- +goose Up
CREATE INDEX submissions_expires ON submissions (expires);

-- +goose Down
DROP INDEX submissions_expires;
