"""Optional parts that ship; each file implements one core protocol."""
