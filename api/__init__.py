"""The HTTP door: it takes the input in, makes one call of the engine, and gives the result out."""
