"""What tests share: a world to plan and apply in."""
