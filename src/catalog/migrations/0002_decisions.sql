-- What the user says of faces is more than who they are: it takes the place of the references.

-- A row a fact: the latest word on each box, and beside it every person whom the face is said not to be. A row has the
-- face that its box overlaps most while it holds for that face; it has none when a later row holds, or no such face is
-- there now.
CREATE TABLE decision (
  fact INTEGER PRIMARY KEY,
  content BLOB NOT NULL CHECK (length(content) = 32),
  box BLOB NOT NULL CHECK (length(box) = 16),              -- as in the fact
  kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 5),      -- Decision; 2 is kRejected
  person INTEGER REFERENCES person (id),
  face INTEGER REFERENCES face (id) ON DELETE SET NULL,
  CHECK ((person IS NOT NULL) = (kind IN (1, 2)))
);
CREATE UNIQUE INDEX word_on_box ON decision (content, box) WHERE kind <> 2;
CREATE INDEX decision_of_content ON decision (content);
CREATE UNIQUE INDEX word_on_face ON decision (face) WHERE kind <> 2;
CREATE INDEX decision_on_face ON decision (face);

INSERT INTO decision (fact, content, box, kind, person, face)
SELECT fact, content, box, person IS NOT NULL, person, face FROM reference;
DROP TABLE reference;
