"""The processes: wiring, loops, signals, and the command line; no rule of the trade."""
