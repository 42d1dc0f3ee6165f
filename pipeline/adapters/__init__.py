"""The only modules that do I/O: one adapter for each part of the world. Foreign errors become ours here."""
