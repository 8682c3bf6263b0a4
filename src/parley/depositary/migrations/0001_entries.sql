-- One row for each entry of the log; `place` is its index. The act is the envelope exactly as it was sent.
CREATE TABLE entries (
    place  INTEGER PRIMARY KEY,
    entry  BLOB    NOT NULL CHECK (length(entry) = 73),
    digest BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),
    act    BLOB    NOT NULL,
    chain  TEXT    NOT NULL,
    number INTEGER NOT NULL,
    UNIQUE (chain, number)
) STRICT;

-- A key uses a nonce once in a log.
CREATE TABLE nonces (
    key   BLOB    NOT NULL,
    nonce BLOB    NOT NULL,
    place INTEGER NOT NULL REFERENCES entries (place),
    PRIMARY KEY (key, nonce)
) STRICT, WITHOUT ROWID;

-- The one thing that changes: moved by "UPDATE … WHERE size = <what the writer had seen>".
CREATE TABLE head (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    note TEXT    NOT NULL
) STRICT;
INSERT INTO head VALUES (1, 0, '');

-- Another process may add here while the server runs; it touches nothing else.
CREATE TABLE invitations (
    code  BLOB    PRIMARY KEY CHECK (length(code) = 32),
    party TEXT    NOT NULL,
    name  TEXT    NOT NULL,
    until INTEGER NOT NULL,
    used  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE keyboxes (
    party TEXT PRIMARY KEY,
    box   BLOB NOT NULL
) STRICT;

-- Who has brought which sealed part: naming a part in an act asks for having had its bytes.
CREATE TABLE holdings (
    digest BLOB    NOT NULL CHECK (length(digest) = 32),
    party  TEXT    NOT NULL,
    length INTEGER NOT NULL,
    since  INTEGER NOT NULL,
    PRIMARY KEY (digest, party)
) STRICT, WITHOUT ROWID;
