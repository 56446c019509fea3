"""Admission of forms (报表准入): designed in the browser by one person, admitted by another."""
