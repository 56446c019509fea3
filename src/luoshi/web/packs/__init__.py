"""Pages of installed packs: sections, versions, tests, definitions in words."""
