"""What we watch: every series on one page, and log lines without secrets."""
