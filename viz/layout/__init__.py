"""Where it is drawn: the built-in layered layout, frame by frame (`arrange`), or Graphviz's dot (`graphviz`)."""
