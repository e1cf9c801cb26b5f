-- SPDX-License-Identifier: Apache-2.0
-- A version of a document that carries signatures names whose: the signing. What its text was for
-- who signs it lies beside the other files.

ALTER TABLE document ADD COLUMN signing_id TEXT REFERENCES signing (id);
ALTER TABLE document ADD COLUMN text_sha256 TEXT;
