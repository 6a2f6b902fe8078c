"""How recall ranks here: the weights in force, what people's answers teach them, and the way back."""
