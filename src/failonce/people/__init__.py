"""Who is asking: accounts, teams, practices and their roles, what they may do and see."""
