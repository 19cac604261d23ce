"""What researchers do with transcripts: codes for what was said."""
