"""Pages of items, generated from their types: list, board, detail, move dialogs, exports."""
