"""The kind AlertWebhook."""
