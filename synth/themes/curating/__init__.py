"""What people decide about themes: previewed, recorded, respected by every later run, and undone on request."""
