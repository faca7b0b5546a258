"""Pages: the graph as something to look at in a browser."""
