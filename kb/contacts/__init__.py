"""The directory of departments: who answers, how to reach them and when they are open."""
