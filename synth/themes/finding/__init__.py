"""Pure algorithms: vectors to clusters and noise, placing, and matching a run with the themes before it."""
