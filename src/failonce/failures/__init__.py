"""A failure, told without blame by those who saw it; its impact."""
