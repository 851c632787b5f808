"""Planning: match, compare, order and guard, and the plan file. It reads and writes nothing, and names no kind."""
