"""What people said: results that may still be rated, and the ratings."""
