"""Pages of supervision: plans, authorities, the listing, the bulletin, parts and notices of matters."""
