"""Requests and reports beside their items: the listing, the letter, what follows."""
