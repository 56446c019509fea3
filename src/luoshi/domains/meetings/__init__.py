"""Meetings that decide (会议议题、三重一大): papers in time, the head speaks last, votes after all spoke."""
