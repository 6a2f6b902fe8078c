"""What comes in from elsewhere and leaves again: one folder per source."""
