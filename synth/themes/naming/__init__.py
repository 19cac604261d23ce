"""Names and key phrases without a language model: the members' own words, shortened to a headline."""
