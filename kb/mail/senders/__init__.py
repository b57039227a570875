"""The ways out: SMTP, the terminal of a demo, a webhook, and none at all."""
