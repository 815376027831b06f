"""How it gets in: one module a source, one runner, identity resolution, the bundled data."""
