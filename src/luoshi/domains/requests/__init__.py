"""Requests and reports: their listing, the letter of an answer, what follows from one."""
