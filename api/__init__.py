"""How they ask: the `alliage` command and the HTTP service, which translate and decide nothing."""
