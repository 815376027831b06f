"""One method of matching, on the graph of today as on the graph frozen at a date."""
