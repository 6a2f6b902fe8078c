"""Services, their offerings, consumers and partners, and what depends on what."""
