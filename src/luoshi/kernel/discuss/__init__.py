"""Comments on records; questions about forms, whose answers are read by all who hold the form."""
