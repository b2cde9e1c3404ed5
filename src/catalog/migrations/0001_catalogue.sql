-- Facts stand alone: they speak of people by uid and of faces by content and box, never by row. All other tables are
-- derived. Rows of numbers (boxes, landmarks, vectors) are float32, little-endian, one after the other.

CREATE TABLE fact (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  milliseconds INTEGER NOT NULL,  -- since 1970, UTC
  origin TEXT NOT NULL,
  kind TEXT NOT NULL,
  details TEXT NOT NULL  -- JSON
);
CREATE TRIGGER fact_stays BEFORE UPDATE ON fact BEGIN
  SELECT RAISE(ABORT, 'facts are never changed');
END;
CREATE TRIGGER fact_is_kept BEFORE DELETE ON fact BEGIN
  SELECT RAISE(ABORT, 'facts are never deleted');
END;
-- INSERT OR REPLACE would delete without asking the trigger above.
CREATE TRIGGER fact_is_not_replaced BEFORE INSERT ON fact WHEN EXISTS (SELECT 1 FROM fact WHERE number = NEW.number)
BEGIN
  SELECT RAISE(ABORT, 'facts are never replaced');
END;

CREATE TABLE photo (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  content BLOB NOT NULL UNIQUE CHECK (length(content) = 32),  -- SHA-256
  bytes INTEGER NOT NULL,
  format TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  orientation INTEGER NOT NULL,
  taken_at TEXT,  -- "2019-05-04T12:30:00", local time
  taken_from TEXT NOT NULL,
  camera TEXT NOT NULL
);

CREATE TABLE file (
  path BLOB PRIMARY KEY,  -- bytes: a path need not be UTF-8
  bytes INTEGER NOT NULL,
  modified_ns INTEGER NOT NULL,
  role INTEGER NOT NULL CHECK (role IN (0, 1)),  -- FileRole
  photo INTEGER REFERENCES photo (id),
  failure_code TEXT,
  failure TEXT,
  CHECK ((photo IS NULL) = (failure IS NOT NULL) AND (failure IS NULL) = (failure_code IS NULL))
) WITHOUT ROWID;
CREATE INDEX file_of_photo ON file (photo, role) WHERE photo IS NOT NULL;

-- Detectors and embedders, by a number that is shorter than their name.
CREATE TABLE model (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

-- What was looked at with what: a photo has the faces of one detector, and their embeddings by many embedders.
CREATE TABLE scan (
  photo INTEGER NOT NULL REFERENCES photo (id),
  detector INTEGER NOT NULL REFERENCES model (id),
  embedder INTEGER NOT NULL REFERENCES model (id),
  PRIMARY KEY (photo, detector, embedder)
) WITHOUT ROWID;

CREATE TABLE face (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  photo INTEGER NOT NULL REFERENCES photo (id),
  -- x1, y1, x2, y2 as the face was first found: what facts name it by, and rescans find it by.
  anchor BLOB NOT NULL CHECK (length(anchor) = 16),
  -- x1, y1, x2, y2, score, x and y of five landmarks, as it was found last.
  detection BLOB NOT NULL CHECK (length(detection) = 60),
  -- width in pixels, sharpness, brightness, yaw, roll, visible.
  quality BLOB NOT NULL CHECK (length(quality) = 24)
);
CREATE INDEX face_of_photo ON face (photo);

CREATE TABLE embedding (
  id INTEGER PRIMARY KEY,
  face INTEGER NOT NULL REFERENCES face (id) ON DELETE CASCADE,
  model INTEGER NOT NULL REFERENCES model (id),
  vector BLOB NOT NULL,
  UNIQUE (face, model)
);

CREATE TABLE person (
  id INTEGER PRIMARY KEY,  -- the number of the fact that added them, so that a rebuild gives the same
  uid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  folded TEXT NOT NULL UNIQUE  -- the name without regard to case
);

-- The latest word on each box. A face's reference is the latest of the rows whose box overlaps it most; that row has
-- the face, the others have none: because a later row holds, or no such face is there now.
CREATE TABLE reference (
  fact INTEGER PRIMARY KEY,
  content BLOB NOT NULL CHECK (length(content) = 32),
  box BLOB NOT NULL CHECK (length(box) = 16),  -- as in the fact
  person INTEGER REFERENCES person (id),       -- NULL: said to be nobody's reference (any more)
  face INTEGER UNIQUE REFERENCES face (id) ON DELETE SET NULL,
  UNIQUE (content, box)
);

CREATE TABLE match (
  face INTEGER PRIMARY KEY REFERENCES face (id) ON DELETE CASCADE,
  model INTEGER NOT NULL REFERENCES model (id),
  person INTEGER REFERENCES person (id),
  nearest_person INTEGER,
  nearest_face INTEGER,
  nearest_distance REAL,
  runner_up_person INTEGER,
  runner_up_face INTEGER,
  runner_up_distance REAL,
  threshold REAL NOT NULL,
  decided_by INTEGER NOT NULL CHECK (decided_by IN (0, 1, 2)),  -- Decider
  needs_review INTEGER NOT NULL CHECK (needs_review IN (0, 1))
);

CREATE TABLE state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL,
  match_state TEXT NOT NULL
);
INSERT INTO state VALUES (1, 0, '');
