"""Files to documents: formats, columns, dates, transcripts, redaction, excerpts, registering."""
