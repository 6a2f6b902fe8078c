"""Before a change goes out: what does this remind us of?"""
