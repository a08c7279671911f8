"""The versions page: two releases compared, and what a new one means for what was decided."""
