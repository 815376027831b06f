"""Files as people publish them: fetched, unpacked, decoded, read row by row, repaired."""
