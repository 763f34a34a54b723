"""Small painted things, one to a file. They know a theme and values to show; no panel, no bridge."""
