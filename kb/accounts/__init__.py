"""Staff accounts: who may sign in, what each role may do, and how often anybody may try."""
