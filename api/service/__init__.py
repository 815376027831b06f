"""The HTTP service: every question of the command, for programs and for the pages."""
