"""The house put together: its parts, what settings mean to each, what is looked after."""
