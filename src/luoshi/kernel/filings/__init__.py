"""Forms, obligations and filings: who owes which figures for which period, and what was answered."""
