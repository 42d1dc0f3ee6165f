"""The exit code of a command that was interrupted: 128 and the number of SIGINT, as shells have it.

In a file of its own, for the entry of the command must not wait for anything else to be imported.
"""

EXIT_CODE = 130
