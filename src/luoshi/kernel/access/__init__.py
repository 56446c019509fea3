"""Accounts, the actor an account is in one appointment, roles bound to posts, and who may do what."""
