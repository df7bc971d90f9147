"""The routes, each a few lines: they name what they need and hand on what it gives."""
