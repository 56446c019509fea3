"""DOCX, HTML, XLSX and CSV from one document tree. Holds no models."""
