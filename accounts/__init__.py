"""Who may: users, passwords, permissions and limits."""
