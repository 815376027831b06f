"""How good the suggestions are: the past hidden, then asked for."""
