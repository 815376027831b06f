"""One module a source: its declaration, how it is read, what its records say."""
