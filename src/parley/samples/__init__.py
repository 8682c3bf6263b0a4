"""Three invented papers to try things with; each says so in its first line."""
