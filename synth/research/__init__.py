"""Research: studies, participants, codebooks and highlights, agreement, findings, exchange with other tools."""
