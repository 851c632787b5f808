"""The kind EventWebhook."""
