"""Handover of a post (离任交接): live records, accepted line by line, signed before a witness."""
