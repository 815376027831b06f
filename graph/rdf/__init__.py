"""The graph in RDF: which words say what, lines from a store, files, and the claims read back."""
