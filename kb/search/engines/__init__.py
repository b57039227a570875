"""Search engines behind the engine interface."""
