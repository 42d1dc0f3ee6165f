"""Pure decisions: values in, values out; no clock, chance, log, disk or network."""
