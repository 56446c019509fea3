"""A made-up district: its units, their people, and a year of filings by the same actions as users take."""
