"""Settings, URLs and the commands that start the product. The top of the import order."""
