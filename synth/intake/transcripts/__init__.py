"""Documents and transcripts: captions, Word, PDF, Markdown and text, read as turns of speakers."""
