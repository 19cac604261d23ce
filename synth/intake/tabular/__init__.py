"""Tables of feedback: CSV and its kin, JSON Lines, JSON and XLSX, read as documents, one for each row."""
