"""The JSON door: assembles the rooms' routers; tokens, one error shape."""
