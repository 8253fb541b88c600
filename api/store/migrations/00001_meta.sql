-- What the database says of itself: its network, how far the read model has come
-- and which version of its tables it has. Databases of before 2026-11-22 got the
-- read model's tables here as well; now they come from schema/read_model.sql.

-- +goose Up
CREATE TABLE meta (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

-- +goose Down
DROP TABLE meta;
