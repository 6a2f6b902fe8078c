"""One tamper-evident row per meaningful write."""
