"""Ratings as files for spreadsheets, notebooks, annotation tools and trainers: a file a format."""
