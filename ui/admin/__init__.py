"""What admins see under /admin: what people said, one opinion opened, users, health."""
