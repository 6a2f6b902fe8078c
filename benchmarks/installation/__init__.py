"""A whole installation under the hands of people: the real command, the real server, real requests."""
