-- Somebody can be forgotten: of their faces it is said that they are (kind 6), and what was said of the person goes.

CREATE TABLE new_decision (
  fact INTEGER PRIMARY KEY,
  content BLOB NOT NULL CHECK (length(content) = 32),
  box BLOB NOT NULL CHECK (length(box) = 16),              -- as in the fact
  kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 6),      -- Decision; 2 is kRejected
  person INTEGER REFERENCES person (id),
  face INTEGER REFERENCES face (id) ON DELETE SET NULL,
  CHECK ((person IS NOT NULL) = (kind IN (1, 2)))
);
INSERT INTO new_decision SELECT fact, content, box, kind, person, face FROM decision;
DROP TABLE decision;
ALTER TABLE new_decision RENAME TO decision;
CREATE UNIQUE INDEX word_on_box ON decision (content, box) WHERE kind <> 2;
CREATE INDEX decision_of_content ON decision (content);
CREATE UNIQUE INDEX word_on_face ON decision (face) WHERE kind <> 2;
CREATE INDEX decision_on_face ON decision (face);

-- Facts may go in a transaction that says so, and in no other.
ALTER TABLE state ADD COLUMN forgetting INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER fact_is_kept;
CREATE TRIGGER fact_is_kept BEFORE DELETE ON fact WHEN (SELECT forgetting FROM state) = 0 BEGIN
  SELECT RAISE(ABORT, 'facts are never deleted');
END;
