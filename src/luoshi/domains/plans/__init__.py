"""Plans: aspects, requirements and measures, handed out as items, followed and closed."""
