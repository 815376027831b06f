"""Who stands between others, and how much of it is chance: measures on matrices."""
