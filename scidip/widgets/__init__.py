"""The widgets of the lessons. Each is a pure function that draws, and a thin widget around it."""
